import type { SlotStatus } from '@perista/protocol/api';
import type { Locator, Page } from 'playwright-core';

export type Half = 'morning' | 'evening';

/** The page of the dosing unit in English, as whoever sits before it finds things. */
export class DosingScreen {
  static readonly path = '/dosing-unit';
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until all tiles are there. */
  async shown(): Promise<this> {
    await this.page.locator('#eveningTrack > li').nth(5).waitFor();
    return this;
  }

  tile(half: Half, channel: number): Locator {
    return this.page.locator(`#${half}Track.timeline-track > [data-channel="${channel}"]`);
  }

  /** Name of the class by which a tile has its colour. */
  async stateOf(half: Half, channel: number): Promise<SlotStatus | 'edit-mode'> {
    const names = await this.tile(half, channel).getAttribute('class');
    return names?.split(' ').at(-1) as SlotStatus | 'edit-mode';
  }

  async textOf(half: Half, channel: number): Promise<string> {
    return this.tile(half, channel).innerText();
  }

  /** Tiles that are shown as dosing. */
  get active(): Locator {
    return this.page.locator('.timeline-track > .active');
  }

  editButton(half: Half, channel: number): Locator {
    return this.page.getByRole('button', { name: `Edit channel ${channel}, ${half}` });
  }

  form(channel: number): Locator {
    return this.page.getByRole('form', { name: `Plan of channel ${channel}` });
  }
}
