-- Reports that a phone makes by itself: it answers 607 (RFC 8197), or hangs up
-- with a BYE that says so. And which reports are of a call that was got.

-- `call`: the id of the call that is complained of; '': none was found; NULL:
-- not looked for yet. The daemon looks, within a minute: a call from that number
-- to one of the subscriber's (subscriber_numbers), or to anybody where no
-- number of theirs is known, and each call once.
ALTER TABLE reports ADD COLUMN call TEXT;

-- '607' or 'bye': said so on the phone, and the subscriber's name is the number
-- that was called unless it stands in subscriber_numbers. NULL: by the API, or
-- by hand.
ALTER TABLE reports ADD COLUMN via TEXT;

CREATE INDEX reports_untraced ON reports(id) WHERE call IS NULL;
