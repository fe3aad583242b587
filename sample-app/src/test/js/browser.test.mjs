/* The sample application in a real browser: who sees what another user does. */

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, Page, sideBySide } from './browser.mjs';
import { User } from './support.mjs';

const [ADA, GRACE, KATHERINE, HEDY, JOAN, ANNIE] = [1, 2, 3, 4, 5, 6]; // contacts of acme
const [ALAN, EDSGER] = [8, 9]; // contacts of globex

// Values that no earlier run against the same application has left behind.
const run = Date.now().toString(36);

let browser, alice, bob, carol, dave;

before(async () => {
	browser = await launch();
	alice = await Page.login(browser, 'alice');
	bob = await Page.login(browser, 'bob');
	carol = await Page.login(browser, 'carol');
	dave = await User.login('dave');
});

after(() => browser?.close());

afterEach(() => {
	assert.deepEqual([alice, bob, carol].flatMap(({ errors }) => errors), [], 'no script failed');
});

test('a contact edited by bob changes for alice and bob, and not for carol of another tenant', async () => {
	const value = 50_000 + Date.now() % 40_000;
	const shown = `€${value.toLocaleString('en')}`;
	await bob.edit(ADA, 'Value in €', String(value));
	await Promise.all([
		alice.seesFlash(ADA, [shown, 'changed by bob', 'just now']),
		bob.seesFlash(ADA, [shown, 'changed by you', 'just now']),
	]);
	assert.deepEqual(bob.received('contact.updated'), [], 'the page that did it is not told');

	// Carol hears of what came later in her own tenant, so anything earlier would have come by then.
	await dave.change(ALAN, { company: `Imitation Games ${run}` });
	await carol.sees(ALAN, `Imitation Games ${run}`);
	assert.deepEqual(carol.received('contact.updated'), [{ id: ALAN, updatedBy: 'dave' }]);
	assert.equal(await carol.row(ADA).count(), 0);
	assert.deepEqual(alice.received('contact.updated').map(({ id }) => id), [ADA]);
	assert.ok(!carol.frames.some((frame) => frame.includes('bob') || frame.includes('acme')));
});

test('an alert of alice reaches her, and neither bob nor the admin of another tenant', async () => {
	const text = `Please restart the import ${run}`;
	await alice.button('Alert admins').click();
	await alice.page.getByLabel('Message').fill(text);
	await alice.button('Send').click();
	await alice.toast(text).waitFor();

	await alice.edit(GRACE, 'Company', `Nanosecond Systems ${run}`);
	await bob.sees(GRACE, `Nanosecond Systems ${run}`);
	await dave.change(EDSGER, { company: `Shortest Path ${run}` });
	await carol.sees(EDSGER, `Shortest Path ${run}`);
	assert.equal(await bob.toast(text).count(), 0);
	assert.equal(await carol.toast(text).count(), 0);
	assert.ok(![...bob.frames, ...carol.frames].some((frame) => frame.includes(text)));
	assert.equal(await bob.button('Alert admins').count(), 0);
	await alice.toast(text).getByRole('button', { name: 'Close' }).click();
});

test('contacts appear and disappear for others', async () => {
	const name = `Radia Perlman ${run}`;
	await bob.button('New contact').click();
	await bob.page.getByLabel('Name', { exact: true }).fill(name);
	await bob.button('Save').click();
	await bob.notice('Please check the highlighted fields').waitFor();
	await bob.page.getByText('Enter a company').waitFor();
	await bob.page.getByLabel('Company', { exact: true }).fill('Spanning Trees');
	await bob.page.getByLabel('Value in €').fill('17000');
	await bob.button('Save').click();
	const row = (user) => user.page.getByRole('row').filter({ hasText: name });
	await row(alice).filter({ hasText: '€17,000' }).waitFor();

	await row(bob).getByRole('button').click();
	await bob.button('Delete').click();
	await row(alice).waitFor({ state: 'detached' });
	await row(bob).waitFor({ state: 'detached' });
});

test('who has a contact open is seen in the editor and in the list, and does not flicker with a reload', async () => {
	await alice.openEditor(HEDY);
	await bob.openEditor(HEDY);
	await alice.avatar('Bob Berger').waitFor();
	await alice.avatar('Bob Berger', alice.row(HEDY)).waitFor();
	await bob.avatar('Alice Anders').waitFor();
	assert.equal(await bob.avatar('Bob Berger').count(), 0, 'users do not see themselves');
	assert.equal(await alice.avatar('Bob Berger', alice.row(ADA)).count(), 0);

	await alice.page.evaluate(() => {
		const list = document.getElementById('contact-viewers');
		window.seen = [];
		new MutationObserver(() => window.seen.push(list.textContent)).observe(list, { childList: true });
	});
	await bob.page.reload();
	await bob.editorIsOpen(HEDY);
	await bob.avatar('Alice Anders').waitFor();
	await bob.editor.getByLabel('Phone').focus();
	await alice.page.locator('.focused-by[data-viewer="Bob Berger"]').getByLabel('Phone').waitFor();
	assert.deepEqual([...new Set(await alice.page.evaluate(() => window.seen))].filter((text) => text !== 'BB'), []);

	await bob.button('Cancel').click();
	await alice.avatar('Bob Berger').waitFor({ state: 'detached' });
	await alice.avatar('Bob Berger', alice.row(HEDY)).waitFor({ state: 'detached' });
	await bob.avatar('Alice Anders', bob.row(HEDY)).waitFor();
	await alice.page.keyboard.press('Escape');
	await bob.avatar('Alice Anders', bob.row(HEDY)).waitFor({ state: 'detached' });
	assert.ok(!carol.frames.some((frame) => /Bob Berger|Alice Anders/.test(frame)));
});

test('who is typing a note is seen by who has the contact open, for a while', async () => {
	await alice.openEditor(ADA);
	await bob.openEditor(ADA);
	await alice.avatar('Bob Berger').waitFor();
	await bob.page.getByLabel('Note').pressSequentially(' She called: ');
	await alice.editor.getByText('Bob Berger is typing…').waitFor();
	await alice.page.locator('.focused-by[data-viewer="Bob Berger"]').getByLabel('Note').waitFor();
	assert.equal(await bob.editor.getByText('is typing').count(), 0);
	await alice.editor.getByText('is typing').waitFor({ state: 'detached' });
	await Promise.all([alice, bob].map((user) => user.button('Cancel').click()));
});

test('the bell counts what others do, in all tabs and after a reload, until it was read', async () => {
	await Promise.all([alice.readNotifications(), bob.readNotifications()]);
	const tab = new Page(await alice.page.context().newPage());
	await tab.page.goto('/');
	await tab.isLive();
	await tab.unread(0);

	await bob.edit(KATHERINE, 'Value in €', '37000');
	await Promise.all([alice.unread(1), tab.unread(1)]);
	await alice.edit(GRACE, 'Note', `Please ask @bob ${run}`);
	await bob.unread(1);
	await bob.edit(ANNIE, 'Note', `@alice and @carol: she called ${run}`);
	await Promise.all([alice.unread(2), tab.unread(2)]);
	await alice.page.reload();
	await alice.unread(2);

	await alice.bell.click();
	await alice.page.getByText('Bob Berger mentioned you at Annie Easley').first().click();
	await alice.editorIsOpen(ANNIE);
	await Promise.all([alice.unread(0), tab.unread(0)]);
	assert.deepEqual((await tab.readNotifications()).slice(0, 2),
		['Bob Berger mentioned you at Annie Easley', 'Bob Berger changed Katherine Johnson']);
	assert.deepEqual((await bob.readNotifications()).slice(0, 1), ['Alice Anders mentioned you at Grace Hopper']);
	assert.ok((await carol.readNotifications()).every((text) => text.startsWith('Dave Dupont')), 'nothing of another tenant');
	await alice.button('Cancel').click();
	await tab.page.close();
});

test('all of it in a picture', { skip: !process.env.SCREENSHOT }, async () => {
	await alice.edit(JOAN, 'Note', '@bob: the audit is done');
	await bob.unread(1);
	await bob.edit(ANNIE, 'Value in €', '31000');
	await alice.unread(1);
	await alice.openEditor(ADA);
	await bob.openEditor(ADA);
	await Promise.all([alice.avatar('Bob Berger').waitFor(), bob.avatar('Alice Anders').waitFor()]);
	await alice.page.getByLabel('Value in €').focus();
	await bob.page.getByLabel('Note').focus();
	await bob.page.keyboard.press('Control+End');
	await bob.page.getByLabel('Note').pressSequentially(' She called again');
	await alice.editor.getByText('Bob Berger is typing…').waitFor();
	await bob.bell.click();
	await sideBySide(browser, [alice, bob], process.env.SCREENSHOT);
	await bob.bell.click();
	await Promise.all([alice, bob].map((user) => user.button('Cancel').click()));
});

test('a contact of another tenant can not be opened by a link', async () => {
	await bob.page.goto(`/#contact-${ALAN}`);
	await bob.page.reload();
	await bob.toast(`There is no contact ${ALAN}`).waitFor();
	assert.equal(await bob.editor.count(), 0);
	await bob.isLive();
});

test('the editor says that the contact changed meanwhile', async () => {
	await bob.openEditor(HEDY);
	await alice.openEditor(HEDY);
	await bob.page.getByLabel('Company', { exact: true }).fill(`Hopping Frequencies ${run}`);
	await bob.button('Save').click();
	await alice.notice('bob has changed this contact just now').waitFor();
	await alice.page.getByLabel('Phone', { exact: true }).fill('+43 1 555 0100');
	await alice.button('Save').click();
	await alice.notice('bob changed this contact while you were editing it').waitFor();

	await alice.button('Load the current values').click();
	await alice.page.waitForFunction(
		(company) => document.querySelector('#contact-form [name=company]').value === company, `Hopping Frequencies ${run}`);
	await alice.page.getByLabel('Phone', { exact: true }).fill('+43 1 555 0100');
	await alice.button('Save').click();
	await bob.sees(HEDY, '+43 1 555 0100');
});

test('a page that was offline shows what it has missed', async () => {
	let reachable = true;
	let socket;
	const page = await Page.login(browser, 'bob', {
		prepare: (page) => page.routeWebSocket('**/realtime', (route) => {
			if (reachable) {
				socket = route;
				route.connectToServer();
			}
			else {
				route.close({ code: 1011 });
			}
		}),
	});
	await alice.edit(JOAN, 'Company', `Before ${run}`);
	await page.sees(JOAN, `Before ${run}`);
	reachable = false;
	await socket.close({ code: 4000 });
	await page.isOffline();
	await alice.edit(KATHERINE, 'Company', `Trajectory Labs ${run}`);
	await alice.sees(KATHERINE, `Trajectory Labs ${run}`);
	assert.equal(await page.row(KATHERINE).filter({ hasText: run }).count(), 0);
	reachable = true;
	await page.isLive();
	await page.sees(KATHERINE, `Trajectory Labs ${run}`);
	await alice.edit(JOAN, 'Company', `Hut Eight ${run}`);
	await page.sees(JOAN, `Hut Eight ${run}`);
	await page.close();
});

test('a log-out in another tab ends the connection, and the page asks for a log-in', async () => {
	const page = await Page.login(browser, 'bob');
	const tab = await page.page.context().newPage();
	await tab.goto('/');
	await tab.getByRole('button', { name: 'Log out' }).click();
	await page.page.waitForURL('**/login?expired');
	await page.page.getByText('Your session has ended').waitFor();
	await page.close();
});
