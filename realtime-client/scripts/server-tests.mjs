/*
 * The tests against real servers, with reports among those of realtime-system-tests. TEST_NODE is the command that
 * starts a node, as JSON, and TEST_REDIS_PORT the port of a Redis.
 */

import { install, node, report } from './tools.mjs';

await install();
await node('node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.server.config.ts');
report('target/vitest-server.xml', '../realtime-system-tests/target/surefire-reports');
