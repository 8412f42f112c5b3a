import {
  decodeEnvelope,
  decodeEvent,
  decodeReply,
  decodeRequest,
  type Event,
  encodeEnvelope,
  encodeEvent,
  encodeReply,
  encodeRequest,
  FrameKind,
  type Reply,
  type Request,
} from '@perista/protocol/link';
import type { PassFrame } from '../world/composition.ts';

type Kind<Message extends { kind: { case: string | undefined } }> = Exclude<Message['kind'], { case: undefined }>;
type Edit<Message extends { kind: { case: string | undefined } }> = (kind: Kind<Message>) => Kind<Message> | null;

/** Changes requests on their way to the agent; null loses one. The checksum is made anew: nobody can see it. */
export const editRequests = (edit: Edit<Request>): (() => PassFrame) => {
  return () => (frame) => {
    const envelope = decodeEnvelope(frame);
    const { kind } = decodeRequest(envelope.body);
    if (kind.case === undefined) return frame;
    const edited = edit(kind);
    return edited && encodeEnvelope({ ...envelope, body: encodeRequest(edited) });
  };
};

/** Changes what the agent says; null loses it. */
export const editAnswers = ({
  replies,
  events,
}: {
  replies?: Edit<Reply>;
  events?: Edit<Event>;
}): (() => PassFrame) => {
  return () => (frame) => {
    const envelope = decodeEnvelope(frame);
    if (envelope.kind === FrameKind.EVENT) {
      const { kind } = decodeEvent(envelope.body);
      if (kind.case === undefined || events === undefined) return frame;
      const edited = events(kind);
      return edited && encodeEnvelope({ ...envelope, body: encodeEvent(edited) });
    }
    const { kind } = decodeReply(envelope.body);
    if (kind.case === undefined || replies === undefined) return frame;
    const edited = replies(kind);
    return edited && encodeEnvelope({ ...envelope, body: encodeReply(edited) });
  };
};
