-- The password of every demo account is "password".
insert into account (username, password, display_name, tenant_id, admin) values
	('alice', '{bcrypt}$2a$10$HnRcTtqu1ssy83Ght2lLquVmAHGNxhAXy8jeT3RiQp9XIfgtu90Ee', 'Alice Anders', 'acme', true),
	('bob', '{bcrypt}$2a$10$2pSG.JZNuet6JGXnIIsV8.Z9z1cjiMab8wnJC4H31ZFvUppYvLz66', 'Bob Berger', 'acme', false),
	('carol', '{bcrypt}$2a$10$W5KSm/XMWALf1VGxKZcgsuw.kox0ugCS4Jzq3NSRZvO8B56QqltcG', 'Carol Cruz', 'globex', true),
	('dave', '{bcrypt}$2a$10$l0dLwiRw0hdqas8z3Q7Ebu8GkSycdBc1JhQ0Olsj9Sc5hjwhPp3kq', 'Dave Dupont', 'globex', false);

insert into contact (tenant_id, name, company, email, phone, stage, deal_value, note, owner, changed_by, changed_at) values
	('acme', 'Ada Lovelace', 'Analytical Engines', 'ada@analytical.example', '+44 20 7946 0101', 'PROPOSAL', 48000, 'Wants the engine by spring. Ask about the price for two.', 'alice', 'alice', dateadd('MINUTE', -12, current_timestamp)),
	('acme', 'Grace Hopper', 'Nanosecond Systems', 'grace@nanosecond.example', '+1 202 555 0142', 'WON', 125000, '', 'bob', 'bob', dateadd('HOUR', -3, current_timestamp)),
	('acme', 'Katherine Johnson', 'Trajectory Labs', 'katherine@trajectory.example', '+1 202 555 0177', 'QUALIFIED', 36500, '', 'alice', 'alice', dateadd('DAY', -1, current_timestamp)),
	('acme', 'Hedy Lamarr', 'Hopping Frequencies', 'hedy@hopping.example', '+43 1 555 0199', 'LEAD', 9800, '', 'bob', 'bob', dateadd('DAY', -2, current_timestamp)),
	('acme', 'Joan Clarke', 'Hut Eight Security', 'joan@huteight.example', '+44 20 7946 0808', 'PROPOSAL', 72000, 'Call back after the audit.', 'bob', 'bob', dateadd('DAY', -2, current_timestamp)),
	('acme', 'Annie Easley', 'Centaur Propulsion', 'annie@centaur.example', '+1 216 555 0133', 'QUALIFIED', 27500, '', 'alice', 'alice', dateadd('DAY', -4, current_timestamp)),
	('acme', 'Mary Jackson', 'Supersonic Works', 'mary@supersonic.example', '+1 757 555 0121', 'LOST', 15000, '', 'alice', 'alice', dateadd('DAY', -6, current_timestamp)),
	('globex', 'Alan Turing', 'Imitation Games', 'alan@imitation.example', '+44 20 7946 0954', 'PROPOSAL', 64000, 'Undecided whether our demo is human.', 'carol', 'carol', dateadd('MINUTE', -40, current_timestamp)),
	('globex', 'Edsger Dijkstra', 'Shortest Path Logistics', 'edsger@shortestpath.example', '+31 20 555 0156', 'WON', 88000, '', 'dave', 'dave', dateadd('HOUR', -5, current_timestamp)),
	('globex', 'Barbara Liskov', 'Substitution Software', 'barbara@substitution.example', '+1 617 555 0187', 'QUALIFIED', 51000, '', 'carol', 'carol', dateadd('DAY', -1, current_timestamp)),
	('globex', 'Donald Knuth', 'Literate Press', 'donald@literate.example', '+1 650 555 0138', 'LEAD', 12800, '', 'dave', 'dave', dateadd('DAY', -3, current_timestamp)),
	('globex', 'Frances Allen', 'Optimizing Partners', 'frances@optimizing.example', '+1 914 555 0119', 'QUALIFIED', 43000, '', 'carol', 'carol', dateadd('DAY', -5, current_timestamp));
