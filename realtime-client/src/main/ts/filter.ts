import type { Filter } from './types.js';

/** The filter as JSON, the same for filters that mean the same; `undefined` if everything matches. */
export function canonical(filter: Filter | undefined): string | undefined {
  const entries = Object.entries(filter ?? {}).filter(([, value]) => value !== undefined);
  if (entries.length === 0) {
    return undefined;
  }
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${values(value)}`).join()}}`;
}

function values(value: Filter[string]): string {
  return Array.isArray(value) ? `[${[...new Set(value.map((v) => JSON.stringify(v)))].sort().join()}]` : JSON.stringify(value);
}

/**
 * A short name, the same on every page for the same text: the server encodes a message once for all subscriptions of
 * one id. 53 bits (cyrb53), so that two texts of one page never get the same in practice.
 */
export function shortName(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
