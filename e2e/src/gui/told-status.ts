import type { ChannelStatus, DosingStatus, SlotStatus } from '@perista/protocol/api';
import type { Page } from 'playwright-core';

type Changeable = { -readonly [Key in keyof DosingStatus]: DosingStatus[Key] };

/** What the unit says about its channels reaches this page changed: for states that a unit needs days to come to. */
export async function tellStatus(page: Page, change: (status: Changeable) => void): Promise<void> {
  await page.route('**/api/dosing-status', async (route) => {
    const answer = await route.fetch();
    const status = (await answer.json()) as Changeable;
    change(status);
    await route.fulfill({ response: answer, json: status });
  });
}

/** Slots in every state, as if channel 4 were dosing and channel 5 waiting for it. */
export function slotsInEveryState(status: Changeable): void {
  const [first, second, third, fourth, fifth] = status.channels;
  tell(first, 'completed', 'pending');
  tell(second, 'completed', 'disabled');
  tell(third, 'missed', 'pending', { code: 'E434', reason: 'The window of this dose has passed.' });
  tell(fourth, 'active', 'pending');
  tell(fifth, 'waiting', 'uncertain');
  status.active_channel = 4;
  status.queue = [
    { channel_id: 5, dose_id: 'relay-5.20541.morning', since: status.utc_time, reason: 'Channel 4 is dosing.' },
  ];
}

function tell(
  channel: ChannelStatus | undefined,
  morning: SlotStatus,
  evening: SlotStatus,
  why: { readonly code: string | null; readonly reason: string | null } = { code: null, reason: null },
): void {
  if (channel === undefined) throw new Error('the unit has fewer channels');
  Object.assign(channel, { status_morning: morning, status_evening: evening });
  Object.assign(channel.morning, { status: morning, ...why });
  Object.assign(channel.evening, { status: evening, code: null, reason: null });
}
