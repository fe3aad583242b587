/* Chromium from npm alone, and what users of the sample application do with it. */

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { baseUrl } from './support.mjs';

/** Starts Chromium: the one that came with npm, or that of the environment variable CHROMIUM. */
export async function launch() {
	const { chromium } = await import('playwright-core');
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? await unpack(),
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run',
			'--disable-component-update', '--disable-sync', '--disable-gpu'],
	});
}

async function unpack() {
	// Beside the package, so that "npm ci" removes what belongs to another version of it.
	process.env.TMPDIR = fileURLToPath(new URL('node_modules/.cache/chromium', import.meta.url));
	await mkdir(process.env.TMPDIR, { recursive: true });
	// The package was made for this environment. There it brings fonts and the libraries Chromium needs, too. It looks for
	// the fonts in /tmp, though, and Chromium ends if it finds none.
	process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x';
	const { default: packaged } = await import('@sparticuz/chromium');
	const executable = await packaged.executablePath();
	await writeFile(process.env.FONTCONFIG_FILE = `${process.env.TMPDIR}/fonts.conf`, `<?xml version="1.0"?>
		<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
		<fontconfig><dir>${process.env.TMPDIR}/fonts</dir><cachedir>${process.env.TMPDIR}/fonts-cache</cachedir></fontconfig>`);
	return executable;
}

/** A page of its own session, logged in, with the list of contacts live. */
export class Page {

	/** The STOMP frames the page received. */
	frames = [];

	constructor(page) {
		this.page = page;
	}

	static async login(browser, username, { prepare = () => {} } = {}) {
		const context = await browser.newContext({ baseURL: baseUrl, viewport: { width: 1130, height: 720 }, reducedMotion: 'reduce' });
		context.setDefaultTimeout(30_000);
		const page = await context.newPage();
		const user = new Page(page);
		user.errors = [];
		page.on('pageerror', (error) => user.errors.push(error));
		page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => user.frames.push(String(payload))));
		await prepare(page);
		await page.goto('/');
		await page.getByLabel('User name').fill(username);
		await page.getByLabel('Password').fill('password');
		await page.getByRole('button', { name: 'Log in', exact: true }).click();
		await user.isLive();
		return user;
	}

	isLive() {
		return this.#state('Live');
	}

	isOffline() {
		return this.#state('Offline');
	}

	#state(text) {
		return this.page.getByRole('status').filter({ hasText: text }).waitFor();
	}

	row(id) {
		return this.page.locator(`tr[data-id="${id}"]`);
	}

	/** Waits until the list shows a text in the row of a contact. */
	sees(id, text) {
		return this.row(id).filter({ hasText: text }).waitFor();
	}

	/** The same, while the row is highlighted. */
	seesFlash(id, texts) {
		const row = this.page.locator(`tr.flash[data-id="${id}"]`);
		return texts.reduce((rows, text) => rows.filter({ hasText: text }), row).waitFor();
	}

	toast(text) {
		return this.page.locator('.toast').filter({ hasText: text });
	}

	notice(text) {
		return this.page.getByRole('alert').filter({ hasText: text });
	}

	button(name) {
		return this.page.getByRole('button', { name });
	}

	async openEditor(id) {
		await this.row(id).getByRole('button').click();
		await this.editorIsOpen(id);
	}

	async editorIsOpen(id) {
		await this.page.waitForURL(`**/#contact-${id}`);
		await this.editor.waitFor();
	}

	get editor() {
		return this.page.getByRole('dialog', { name: 'Edit contact' });
	}

	/** The avatar of a user in the editor, or in a row. */
	avatar(name, within = this.editor) {
		return within.getByRole('img', { name });
	}

	get bell() {
		return this.page.locator('#bell');
	}

	/** Waits until the bell counts as many. */
	async unread(number) {
		await this.page.getByRole('button', { name: number ? `Notifications, ${number} unread` : 'Notifications', exact: true }).waitFor();
	}

	/** What is under the bell; afterwards it has been read. */
	async readNotifications() {
		await this.bell.click();
		const items = this.page.locator('#notifications li');
		await this.page.locator('#notifications').waitFor();
		const texts = await items.locator('span').allTextContents();
		await this.bell.click();
		await this.unread(0);
		return texts;
	}

	async edit(id, label, value) {
		await this.openEditor(id);
		await this.page.getByLabel(label, { exact: true }).fill(value);
		await this.button('Save').click();
	}

	/** The data the page was sent on a topic. */
	received(topic) {
		return this.frames.flatMap((payload) => payload.split('\0'))
			.filter((frame) => frame.trimStart().startsWith('MESSAGE') && frame.includes(`\ndestination:/realtime/${topic}\n`))
			.map((frame) => JSON.parse(frame.slice(frame.indexOf('\n\n') + 2)));
	}

	close() {
		return this.page.context().close();
	}

}

/** Stores a picture of two pages beside each other. */
export async function sideBySide(browser, pages, path) {
	const images = [];
	for (const { page } of pages) {
		images.push(await page.screenshot());
	}
	const context = await browser.newContext({ viewport: { width: 1900, height: 700 } });
	const page = await context.newPage();
	await page.setContent(`
		<style>
			body { margin: 0; height: 700px; display: flex; gap: 36px; align-items: center; justify-content: center;
				background: linear-gradient(120deg, #c7d2fe, #e9d5ff); }
			img { width: 890px; border-radius: 12px; box-shadow: 0 20px 60px rgb(30 27 75 / 30%); }
		</style>
		${images.map((image) => `<img src="data:image/png;base64,${image.toString('base64')}">`).join('')}`);
	await page.screenshot({ path });
	await context.close();
}
