import type { ControlCode } from './codes.js';
import { isOwnOrigin } from './origin.js';
import { type Filter, UnauthorizedError } from './types.js';

/** A token for CONNECT, and where to connect with it. */
export interface ConnectionToken {
  readonly token: string;
  readonly url?: string | undefined;
}

/** What a token for a subscription is asked for. */
export interface TokenRequest {
  readonly topic: string;
  readonly filter?: Filter | undefined;
}

/** A token, or why there is none. */
export interface SubscriptionToken {
  readonly token?: string;
  readonly code?: ControlCode;
  readonly detail?: string;
}

/** The starter's token endpoints. */
export class TokenEndpoint {
  readonly #base: string;
  readonly #fetch: typeof fetch;

  constructor(base: string, fetcher: typeof fetch = (input, init) => fetch(input, init)) {
    this.#base = base.replace(/\/$/, '');
    this.#fetch = fetcher;
  }

  async connection(): Promise<ConnectionToken> {
    return (await this.#post('connection', undefined)) as ConnectionToken;
  }

  /** Tokens in the order asked, with one request. */
  async subscriptions(requests: readonly TokenRequest[]): Promise<SubscriptionToken[]> {
    const answer = (await this.#post('subscription', { subscriptions: requests })) as { subscriptions: SubscriptionToken[] };
    return answer.subscriptions;
  }

  async #post(kind: string, body: unknown): Promise<unknown> {
    const url = `${this.#base}/${kind}`;
    const response = await this.#fetch(url, {
      method: 'POST',
      credentials: 'include',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...csrfHeader(url) },
      body: body === undefined ? '{}' : JSON.stringify(body),
    });
    if (response.status === 401 || response.status === 403) {
      throw new UnauthorizedError(`POST ${url} answered ${response.status}: log in again`);
    }
    if (!response.ok) {
      throw new Error(`POST ${url} answered ${response.status}`);
    }
    if (!response.headers.get('Content-Type')?.includes('json')) {
      // Where nobody is logged in an application may lead to its page for that.
      throw response.redirected
        ? new UnauthorizedError(`POST ${url} led to ${response.url}: log in again`)
        : new Error(`POST ${url} answered with something else than JSON`);
    }
    return response.json();
  }
}

/**
 * Spring Security's CSRF token, from the page's meta tags `_csrf` and `_csrf_header` (or `csrf-token` and
 * `csrf-header`) or the cookie `XSRF-TOKEN`; for this origin only.
 */
export function csrfHeader(url: string): Record<string, string> {
  const page = globalThis.document;
  if (page === undefined || !isOwnOrigin(url)) {
    return {};
  }
  const meta = (name: string): string | null | undefined => page.querySelector(`meta[name="${name}"]`)?.getAttribute('content');
  const token = meta('_csrf') ?? meta('csrf-token');
  if (token) {
    return { [meta('_csrf_header') ?? meta('csrf-header') ?? 'X-CSRF-TOKEN']: token };
  }
  const cookie = /(?:^|;\s*)XSRF-TOKEN=([^;]*)/.exec(page.cookie)?.[1];
  return cookie ? { 'X-XSRF-TOKEN': decodeURIComponent(cookie) } : {};
}
