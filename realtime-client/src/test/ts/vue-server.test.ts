import { expect, test } from 'vitest';
import { createSSRApp, defineComponent, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { realtimePlugin, useConnectionState, useTopic } from '../../main/ts/vue.js';
import { setup } from './fakes.js';

test('on the server nothing connects', async () => {
  const { realtime, server } = setup();
  const app = createSSRApp(
    defineComponent({
      setup() {
        const connection = useConnectionState();
        const state = useTopic('topic', { id: 5 }, () => {});
        return () => h('p', `${connection.value} ${state.value ?? 'nothing'}`);
      },
    }),
  );
  app.use(realtimePlugin(realtime));
  expect(await renderToString(app)).toBe('<p>idle nothing</p>');
  expect(server.connections).toEqual([]);
});

test('without the plugin there is a sentence', async () => {
  const app = createSSRApp({ setup: () => (useConnectionState(), () => h('p')) });
  app.config.warnHandler = () => {};
  await expect(renderToString(app)).rejects.toThrow('need app.use(realtimePlugin(connect()))');
});
