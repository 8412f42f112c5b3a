import { type Clock, COMMAND_TIMES, PeristaError, type Random, randomHex } from '@perista/core';
import type { Infusion, InfusionRequest, InfusionStarted, Page } from '@perista/protocol/api';
import type { z } from 'zod';
import type { Actor, PageOf } from '../services.ts';
import type { CommandRunner } from './command-runner.ts';
import type { Doer, FleetBook } from './fleet-book.ts';
import type { DeviceSight } from './fleet-ports.ts';
import { commandView, infusionView } from './fleet-views.ts';
import type { InfusionCourse } from './infusion-course.ts';
import type { InfusionRecord } from './infusion-store.ts';
import { parametersOf, type StartRules } from './start-rules.ts';

export interface InfusionServicePorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly course: InfusionCourse;
  readonly rules: StartRules;
  readonly runner: CommandRunner;
  readonly sight: DeviceSight;
}

export interface StartInput {
  readonly deviceId: string;
  readonly request: InfusionRequest;
  readonly actor: Actor;
  /** Idempotency key, scoped to actor and device; without one each call is a new start. */
  readonly key?: string | undefined;
}

export const doerOf = ({ name }: Actor): Doer => ({ actor: name, source: 'user' });

/** The only door that starts an infusion: checks and intent are one transaction, and only then anything leaves. */
export class InfusionService {
  readonly #ports: InfusionServicePorts;

  constructor(ports: InfusionServicePorts) {
    this.#ports = ports;
  }

  /**
   * The same key and request give the same infusion for ever.
   * @throws PeristaError E407 for another request under the key, E504 with all that is wrong with the parameters, E404,
   * E309, E502, E503 for a device that cannot be started now, E301
   */
  start({ deviceId, request, actor, key }: StartInput): InfusionStarted {
    const { book, rules, course } = this.#ports;
    const by = doerOf(actor);
    return book.change(() => {
      const named =
        key === undefined ? undefined : { key: scoped(actor, deviceId, key), request: JSON.stringify(request) };
      const stored = named && book.infusions.byKey(named.key);
      if (stored !== undefined && stored.request !== named?.request) throw reused(stored.infusion);
      if (stored !== undefined) return this.#answer(stored.infusion);
      const parameters = parametersOf(request);
      const obstacle = rules.obstacle(deviceId);
      if (obstacle !== null) throw new PeristaError(obstacle.code, obstacle.message);
      const givingWay = rules.givingWay(deviceId);
      if (givingWay !== undefined) course.cancelled(givingWay, by, 'Another start took its place');
      const infusion = this.#write(deviceId, request, parameters, by, named);
      return this.#answer(infusion);
    });
  }

  /** Newest first. */
  list(deviceId: string, page: z.infer<typeof Page>): PageOf<Infusion> {
    const { book } = this.#ports;
    const found = book.infusions.list(deviceId, page);
    return { ...found, items: found.items.map((each) => infusionView(each, book.startOf(each.infusionId))) };
  }

  #write(
    deviceId: string,
    { subject, acceptWithinS }: InfusionRequest,
    parameters: ReturnType<typeof parametersOf>,
    by: Doer,
    idempotency: { readonly key: string; readonly request: string } | undefined,
  ): InfusionRecord {
    const { book, clock, random, runner, sight } = this.#ports;
    const infusionId = `inf-${randomHex(random, 10)}`;
    book.addInfusion({
      ...{ infusionId, deviceId, state: 'requested', parameters, subject: subject ?? null, actor: by.actor },
      ...{ source: 'server', requestedAtMs: clock.wallMs(), boot: sight.look(deviceId)?.boot ?? null, idempotency },
    });
    const acceptWithinMs = acceptWithinS === undefined ? COMMAND_TIMES.acceptedMs : acceptWithinS * 1000;
    const payload = { ...parameters, infusionId };
    runner.order({ deviceId, command: 'START_INFUSION', infusionId, payload, by, acceptWithinMs });
    return this.#found(infusionId);
  }

  #found(infusionId: string): InfusionRecord {
    const infusion = this.#ports.book.infusions.find(infusionId);
    if (infusion === undefined) throw new PeristaError('E404', `There is no infusion ${infusionId}`);
    return infusion;
  }

  #answer(infusion: InfusionRecord): InfusionStarted {
    const start = this.#ports.book.startOf(infusion.infusionId);
    if (start === undefined) throw new PeristaError('E404', `Infusion ${infusion.infusionId} was not started here`);
    return { infusion: infusionView(infusion, start), command: commandView(start) };
  }
}

const scoped = ({ name, keyScope }: Actor, deviceId: string, key: string): string =>
  `${keyScope ?? name}/${deviceId}/${key}`;

const reused = ({ infusionId }: InfusionRecord): PeristaError =>
  new PeristaError('E407', `This key belongs to infusion ${infusionId}, which was started with another body`);
