import type { RealtimeOptions } from './options.js';
import { csrfHeader, type SubscriptionToken, TokenEndpoint, type TokenRequest } from './tokens.js';
import type { ConnectRequest } from './transport.js';

/** Where to connect, and what to show there. */
export class Credentials {
  readonly #options: RealtimeOptions;
  #url: string | undefined;

  constructor(options: RealtimeOptions) {
    this.#options = options;
  }

  /** The endpoint, as it was given. Fails where it means nothing. */
  get url(): string {
    return (this.#url ??= webSocketUrl(this.#options.url ?? '/realtime'));
  }

  /** Whether each attempt to connect has a token of its own. */
  get hasToken(): boolean {
    return this.#options.token !== undefined || Boolean(this.#options.tokens);
  }

  /** Whether subscriptions need tokens. */
  get hasSubscriptionTokens(): boolean {
    return Boolean(this.#options.subscriptionTokens ?? this.#options.tokens);
  }

  /** Asks for a fresh token, if there are tokens. */
  async connectRequest(): Promise<ConnectRequest> {
    const { headers = {}, token, tokens } = this.#options;
    let { url } = this;
    let bearer: string | undefined;
    if (tokens) {
      const answer = await this.#endpoint().connection();
      bearer = answer.token;
      url = answer.url === undefined ? url : webSocketUrl(answer.url);
    } else if (token !== undefined) {
      bearer = await token();
    }
    return {
      url,
      headers: {
        // For @EnableWebSocketSecurity, which compares it with that of the session.
        ...csrfHeader(url),
        ...headers,
        ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      },
    };
  }

  /** Tokens in the order asked. */
  async subscriptionTokens(requests: readonly TokenRequest[]): Promise<readonly SubscriptionToken[]> {
    const { subscriptionTokens } = this.#options;
    const tokens = await (typeof subscriptionTokens === 'function'
      ? subscriptionTokens(requests)
      : this.#endpoint().subscriptions(requests));
    if (!Array.isArray(tokens) || tokens.length !== requests.length) {
      throw new TypeError(`The source of tokens has to answer with a list of ${requests.length}, in the order asked`);
    }
    return tokens;
  }

  #endpoint(): TokenEndpoint {
    const { tokens } = this.#options;
    const base = typeof tokens === 'string' || tokens instanceof URL ? String(tokens) : `${httpUrl(this.url)}/tokens`;
    return new TokenEndpoint(base, this.#options.fetch);
  }
}

function absolute(url: string | URL): URL {
  const base = globalThis.document?.baseURI;
  if (base === undefined && !URL.canParse(url)) {
    throw new TypeError(`There is no page that "${String(url)}" could belong to: call connect({ url: 'https://…/realtime' })`);
  }
  const result = new URL(url, base);
  result.pathname = result.pathname.replace(/\/$/, '');
  return result;
}

function webSocketUrl(url: string | URL): string {
  const result = absolute(url);
  result.protocol = result.protocol.replace('http', 'ws');
  return result.href;
}

function httpUrl(url: string | URL): string {
  const result = absolute(url);
  result.protocol = result.protocol.replace('ws', 'http');
  return result.href;
}
