/*
 * The sample application, killed and started again in front of its users' eyes. The environment variable SAMPLE_JAR names
 * it, and JAVA what runs it; with SCREENSHOTS pictures are stored in that directory.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';

const ADA = 1;

const port = await freePort();

// Read by what is imported next.
process.env.BASE_URL = `http://localhost:${port}`;
const { launch, Page } = await import('./browser.mjs');

let browser, server;

before(async () => {
	server = await start();
	browser = await launch();
});

after(async () => {
	await browser?.close();
	server?.kill('SIGKILL');
});

async function freePort() {
	const socket = createServer();
	await new Promise((resolve) => socket.listen(0, resolve));
	const { port } = socket.address();
	await new Promise((resolve) => socket.close(resolve));
	return port;
}

async function start() {
	const child = spawn(process.env.JAVA ?? 'java', ['-XX:TieredStopAtLevel=1', '-jar', process.env.SAMPLE_JAR, `--server.port=${port}`]);
	let log = '';
	await new Promise((resolve, reject) => {
		child.stdout.on('data', (data) => {
			log += data;
			if (/: Started \w+ in /.test(log)) {
				resolve();
			}
		});
		child.on('exit', () => reject(new Error(log)));
	});
	return child;
}

async function kill() {
	const ended = new Promise((resolve) => server.once('exit', resolve));
	server.kill('SIGKILL');
	await ended;
}

async function picture(page, name) {
	if (process.env.SCREENSHOTS) {
		await page.page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
	}
}

test('who is logged in goes on after kill -9 and a start', { timeout: 180_000 }, async () => {
	const alice = await Page.login(browser, 'alice');
	const bob = await Page.login(browser, 'bob');
	await bob.edit(ADA, 'Company', 'Before the crash');
	await alice.sees(ADA, 'Before the crash');
	await picture(alice, '1-live');

	await kill();
	await Promise.all([alice.isOffline(), bob.isOffline()]);
	await picture(alice, '2-killed');

	server = await start();
	await Promise.all([alice.isLive(), bob.isLive()]);
	await picture(alice, '3-restarted');
	// What was in memory is gone: a gap, so the page has fetched what there is now.
	await alice.row(ADA).filter({ hasNotText: 'Before the crash' }).waitFor();

	await bob.edit(ADA, 'Company', 'After the crash');
	await alice.seesFlash(ADA, ['After the crash', 'changed by bob']);
	await picture(alice, '4-changed');
	assert.deepEqual([...alice.errors, ...bob.errors], []);
});
