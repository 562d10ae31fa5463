INSERT INTO settings(name, value) VALUES('country', '1') ON CONFLICT DO UPDATE SET value = '1';
INSERT INTO blocklist(number, reason) VALUES('+1202*', 'robot');
INSERT INTO neverblock(number) VALUES('+12025550002');
INSERT INTO allowlist(number) VALUES('+12025550003');
INSERT INTO dno(number) VALUES('+12025550004');
INSERT INTO subscribers(id, name) VALUES(1, 'ann');
INSERT INTO subscriber_numbers(subscriber, number) VALUES(1, '+12125550142');
INSERT INTO subscriber_rules(subscriber, number, action) VALUES(1, '+12025550006', 'block');
