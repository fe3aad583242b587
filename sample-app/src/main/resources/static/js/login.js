/* Fills the form with the demo user that was chosen. */

const form = document.querySelector('form');

document.querySelectorAll('.demo-user').forEach((button) => button.addEventListener('click', () => {
	form.elements.username.value = button.dataset.username;
	form.elements.password.value = 'password';
	form.querySelector('[type=submit]').focus();
}));
