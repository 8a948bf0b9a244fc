import type { Page } from 'playwright-core';

/** How a page came to be seen. */
export interface PageLoad {
  /** From the start of the navigation to the first text or picture, in ms. */
  firstPaintMs: number;
  /** To the largest text or picture that was shown until now, in ms. */
  largestPaintMs: number;
  /** What that was: `p.name: its words`. */
  largestElement: string;
  /** Cumulative Layout Shift until now: https://web.dev/articles/cls */
  layoutShift: number;
  /** What moved most, and by how much. */
  shifts: string[];
}

/** Call it before the page is opened. Moves within half a second after a tap or a key are not counted, as the definition says. */
export function watchLoad(page: Page): Promise<unknown> {
  return page.addInitScript(WATCH);
}

/** What `watchLoad` has seen since the page was opened. */
export function pageLoad(page: Page): Promise<PageLoad> {
  return page.evaluate('pageLoad()');
}

/** Forgets what has moved until now, so that `pageLoad` tells of what follows. */
export function forgetShifts(page: Page): Promise<unknown> {
  return page.evaluate('forgetShifts()');
}

/**
 * The largest sum of shifts within a window of 5 s without a pause of more than 1 s. Elements are named when they move: later they may
 * be gone.
 */
const WATCH = `(() => {
  const nameOf = (node) => {
    const element = node?.nodeType === 1 ? node : node?.parentElement;
    if (!element) return 'something that is gone';
    const part = element.id ? '#' + element.id : '.' + String(element.className?.baseVal ?? element.className).split(' ')[0];
    return element.tagName.toLowerCase() + part + ': ' + (element.textContent ?? '').trim().slice(0, 40);
  };
  let largest = { ms: 0, name: '' };
  let shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) largest = { ms: entry.startTime, name: nameOf(entry.element) };
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  const take = (entries) => {
    for (const { value, startTime, hadRecentInput, sources } of entries) {
      if (!hadRecentInput) shifts.push({ value, at: startTime, names: sources.map(({ node, previousRect: a, currentRect: b }) =>
        nameOf(node) + ' (' + [a.x, a.y, a.width, a.height].map(Math.round) + ' to ' + [b.x, b.y, b.width, b.height].map(Math.round) + ')') });
    }
  };
  const watcher = new PerformanceObserver((list) => take(list.getEntries()));
  watcher.observe({ type: 'layout-shift', buffered: true });
  window.forgetShifts = () => {
    watcher.takeRecords();
    shifts = [];
  };
  window.pageLoad = () => {
    take(watcher.takeRecords());
    let worst = 0;
    let sum = 0;
    let begun = -Infinity;
    let before = -Infinity;
    for (const { value, at } of shifts) {
      if (at - before > 1000 || at - begun > 5000) {
        sum = 0;
        begun = at;
      }
      before = at;
      sum += value;
      worst = Math.max(worst, sum);
    }
    return {
      firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
      largestPaintMs: largest.ms,
      largestElement: largest.name,
      layoutShift: worst,
      shifts: [...shifts].sort((a, b) => b.value - a.value).slice(0, 5)
        .map(({ value, at, names }) => value.toFixed(4) + ' at ' + Math.round(at) + ' ms: ' + names.join(', ')),
    };
  };
})()`;
