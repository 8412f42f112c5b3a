import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Rules of axe that may find something in one theme and not in the other. */
export const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** What keeps some people from using the page as it stands now: serious and critical findings of axe, in words. */
export async function barriersOf(page: Page, rules?: string[]): Promise<string[]> {
  await coloursAtRest(page);
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

/** A busy machine may be slow to paint the colours of a theme that was just chosen. */
const coloursAtRest = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map((transition) => transition.finished));
  });

/** What does not fit: a page that is wider than the window, and parts whose content is cut off or sticks out. */
export function lossesOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isHidden = (element: Element) => element.closest('[aria-hidden="true"]') !== null || isOffScreen(element);
    const isOffScreen = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).clipPath === 'inset(50%)' || isOffScreen(element.parentElement));
    const isCut = (select: HTMLSelectElement) => {
      const context = document.createElement('canvas').getContext('2d');
      if (context === null) return true;
      context.font = getComputedStyle(select).font;
      return context.measureText(select.selectedOptions[0]?.text ?? '').width > select.clientWidth;
    };
    const nameOf = (element: Element) =>
      `<${element.tagName.toLowerCase()}> ${element.textContent.trim().slice(0, 60)}`;
    const { scrollWidth, clientWidth } = document.documentElement;
    const losses =
      scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide, the window ${clientWidth} px`] : [];
    for (const element of document.body.querySelectorAll<HTMLElement>('*:not([role="img"] *, svg *)')) {
      if (!element.checkVisibility() || isHidden(element)) continue;
      const { display, overflowX, overflowY } = getComputedStyle(element);
      const { left, right, width } = element.getBoundingClientRect();
      const wide = `${nameOf(element)}: ${element.scrollWidth} px in ${element.clientWidth} px`;
      if (left < -1 || right > clientWidth + 1) losses.push(`${nameOf(element)} sticks out, ${left} to ${right} px`);
      else if (element instanceof HTMLSelectElement && isCut(element)) losses.push(`${wide}: its choice is cut off`);
      else if (display === 'inline' || width === 0) continue;
      else if (element.scrollWidth > element.clientWidth + 1 && overflowX !== 'auto') losses.push(wide);
      else if (element.scrollHeight > element.clientHeight + 1 && /hidden|clip/.test(overflowY))
        losses.push(`${wide} (height)`);
    }
    return losses;
  });
}

const LEAST_TARGET_PX = 24;
const LEAST_STOP_PX = 44;

/** What is too small to be hit. Links inside a sentence are as high as their line. */
export function smallTargetsOf(page: Page, stops: readonly string[]): Promise<string[]> {
  return page.evaluate(
    ({ stops, leastPx, leastStopPx }) => {
      const targets = document.body.querySelectorAll<HTMLElement>('a[href], button, input, select, summary');
      return [...targets].flatMap((target) => {
        const { width, height } = target.getBoundingClientRect();
        if (!target.checkVisibility() || target.closest('p') || width <= 1) return [];
        const name = target.getAttribute('aria-label') ?? target.textContent.trim();
        const least = stops.includes(name) ? leastStopPx : leastPx;
        return Math.min(width, height) < least ? [`${name}: ${width} × ${height} px, less than ${least}`] : [];
      });
    },
    { stops, leastPx: LEAST_TARGET_PX, leastStopPx: LEAST_STOP_PX },
  );
}

/** Every piece of text that somebody can read or hear: text nodes, and what stands in attributes. */
export function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (parentElement?.checkVisibility()) texts.push(textContent ?? '');
    }
    for (const element of document.body.querySelectorAll('*')) {
      if (!element.checkVisibility()) continue;
      for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt', 'data-name']) {
        texts.push(element.getAttribute(name) ?? '');
      }
    }
    return [...new Set(texts.map((text) => text.trim()).filter(Boolean))];
  });
}
