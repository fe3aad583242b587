import type { Realtime } from './client.js';
import type { ConnectionState } from './types.js';

const LABELS: Readonly<Record<ConnectionState, string>> = {
  idle: 'Not connected',
  connecting: 'Connecting',
  connected: 'Live',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  closed: 'Disconnected',
};

/** A short interruption is nothing to tell: it would only flicker. */
const PATIENCE = 500;

const STYLE = `
:host { display: inline-flex; align-items: center; gap: var(--realtime-status-gap, .45em);
  font: var(--realtime-status-font, inherit); color: var(--realtime-status-color, var(--_color)); --_color: #92560a }
:host([hidden]) { display: none }
:host([state=connected]) { --_color: var(--realtime-status-connected, #0b7a4b) }
:host([state=connecting]), :host([state=reconnecting]) { --_color: var(--realtime-status-reconnecting, #92560a) }
:host([state=offline]), :host([state=closed]) { --_color: var(--realtime-status-offline, #b3243f) }
:host([state=idle]) { --_color: var(--realtime-status-idle, #5b6178) }
i { width: var(--realtime-status-size, .55em); height: var(--realtime-status-size, .55em); border-radius: 50%;
  background: var(--_color); flex: none }
:host([state=connecting]) i, :host([state=reconnecting]) i { animation: p 1s ease-in-out infinite alternate }
@keyframes p { to { opacity: .3 } }
@media (prefers-reduced-motion: reduce) { i { animation: none !important } }`;

/**
 * Defines the element `<realtime-status>`, which shows what the connection is doing: a dot and a word, announced to
 * screen readers. The attributes `label-connected`, `label-reconnecting` … replace the words; the attribute `state`,
 * CSS properties (`--realtime-status-connected` …) and the parts `dot` and `label` are for styles. An element can be
 * given another connection with its property `realtime`. Does nothing where there are no elements, or if it is defined.
 */
export function defineStatusElement(realtime: Realtime): void {
  const elements = globalThis.customElements;
  if (elements === undefined || elements.get('realtime-status') !== undefined) {
    return;
  }
  class RealtimeStatusElement extends HTMLElement {
    static readonly observedAttributes = Object.keys(LABELS).map((state) => `label-${state}`);

    #realtime = realtime;
    #stop: (() => void) | undefined;
    #label: HTMLElement | undefined;
    #timer: ReturnType<typeof setTimeout> | undefined;

    get realtime(): Realtime {
      return this.#realtime;
    }

    set realtime(other: Realtime) {
      this.#realtime = other;
      if (this.isConnected) {
        this.disconnectedCallback();
        this.connectedCallback();
      }
    }

    connectedCallback(): void {
      if (this.#label === undefined) {
        const root = this.attachShadow({ mode: 'open' });
        // Unlike a <style> allowed by every content security policy.
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        root.adoptedStyleSheets = [sheet];
        const dot = document.createElement('i');
        dot.setAttribute('part', 'dot');
        this.#label = document.createElement('span');
        this.#label.setAttribute('part', 'label');
        root.append(dot, this.#label);
      }
      if (!this.hasAttribute('role')) {
        this.setAttribute('role', 'status');
      }
      this.#show(this.#realtime.state);
      this.#stop = this.#realtime.on('state', (state) => this.#changed(state));
    }

    attributeChangedCallback(): void {
      this.#showLabel();
    }

    disconnectedCallback(): void {
      clearTimeout(this.#timer);
      this.#stop?.();
    }

    #changed(state: ConnectionState): void {
      clearTimeout(this.#timer);
      if (state === 'reconnecting') {
        this.#timer = setTimeout(() => this.#show(state), PATIENCE);
      } else {
        this.#show(state);
      }
    }

    #show(state: ConnectionState): void {
      this.setAttribute('state', state);
      this.#showLabel();
    }

    #showLabel(): void {
      const state = this.getAttribute('state') as ConnectionState;
      const text = this.getAttribute(`label-${state}`) ?? LABELS[state];
      if (this.#label !== undefined && this.#label.textContent !== text) {
        this.#label.textContent = text;
      }
    }
  }
  elements.define('realtime-status', RealtimeStatusElement);
}
