import type { Page, WebSocketRoute } from 'playwright-core';
import { isLive } from './browser.ts';

/** The way on which a page is told what happens, as if one could pull its plug. */
interface LiveCable {
  cut(): Promise<void>;
  mend(): void;
}

/** Loads the page anew over a cable that can be cut. */
export async function liveCableOf(page: Page): Promise<LiveCable> {
  const plugged: WebSocketRoute[] = [];
  const waiting: WebSocketRoute[] = [];
  let isCut = false;
  const plug = (socket: WebSocketRoute) => {
    socket.connectToServer();
    plugged.push(socket);
  };
  await page.routeWebSocket('**/socket.io/**', (socket) => (isCut ? void waiting.push(socket) : plug(socket)));
  await page.reload();
  await isLive(page);
  return {
    async cut() {
      isCut = true;
      await Promise.all(plugged.splice(0).map((socket) => socket.close()));
    },
    mend() {
      isCut = false;
      for (const socket of waiting.splice(0)) plug(socket);
    },
  };
}
