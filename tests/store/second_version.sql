-- A database as the second version wrote it: `sqlite3 chartsieve.db .dump`.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE answers (
	scorer_id INTEGER NOT NULL, 
	question_id INTEGER NOT NULL, 
	text_id INTEGER NOT NULL, 
	score DOUBLE, 
	gap VARCHAR, 
	CONSTRAINT pk_answers PRIMARY KEY (scorer_id, question_id, text_id), 
	CONSTRAINT ck_answers_score CHECK (score >= 0 AND score <= 1), 
	CONSTRAINT ck_answers_either CHECK ((score IS NULL) <> (gap IS NULL)), 
	CONSTRAINT fk_answers_scorers FOREIGN KEY(scorer_id) REFERENCES scorers (id), 
	CONSTRAINT fk_answers_questions FOREIGN KEY(question_id) REFERENCES questions (id), 
	CONSTRAINT fk_answers_texts FOREIGN KEY(text_id) REFERENCES texts (id)
)
 WITHOUT ROWID

;
INSERT INTO "answers" VALUES(1,1,1,0.5,NULL);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	actor VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	case_id INTEGER, 
	detail TEXT NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id), 
	CONSTRAINT fk_audit_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);
INSERT INTO "audit" VALUES(1,'2026-11-02T12:00:00.123456+00:00','Ann','criteria saved',NULL,'{"digest":"59bcf8e1de85dd2fcb9ca9948551f3d0e03cc22975697a5ffd1a7289955e1087","name":"Knee MRI","version":1}','e208548ae1b538853a7f644d0b1cb54131db3c1ba9ca834e0599cb95447e4ae0');
INSERT INTO "audit" VALUES(2,'2026-11-02T12:00:00.123456+00:00','Ann','case created',1,'{"criteria":"Knee MRI","documents":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"fingerprint":"cd8a63453bb66f03","rule":"threshold 0.5","scorer":"embedded","version":1}','02009aaabcc65b2f47155ee79ceba383d213bc16a337599a952d967466b53e54');
INSERT INTO "audit" VALUES(3,'2026-11-02T13:00:00.123456+00:00','Bob','criteria saved',NULL,'{"digest":"81363156b375b358b55b0f44b487badc9689c563b01f8b1822252ed84f9ab184","name":"Knee MRI","version":2}','f3f8054abd74ed190479595238b674e959c6236f87c106d48cd70ed6c90f0158');
INSERT INTO "audit" VALUES(4,'2026-11-02T13:00:00.123456+00:00','Bob','case created',2,'{"criteria":"Knee MRI","documents":["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"],"fingerprint":"b235c9d5a075b8d4","rule":"top 5","scorer":"zerank","version":2}','7cf11c256cb304d202292650ccaba85fd61a9e1d6f8b0ad8556a435d9a86bda1');
INSERT INTO "audit" VALUES(5,'2026-11-02T12:00:00.123456+00:00','Ann','decision',1,'{"citations":1,"criterion":"c1","id":1,"outcome":"met","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"a8fb25e42fadab1eb061e6dd82e6f85e01a7f40d42310df4d12578d06e4c5a84"}','e7c25d31b8d75a7038496a40303f707e0c7dfc441085197f6b0d26811335c3dd');
INSERT INTO "audit" VALUES(6,'2026-11-02T12:00:00.123456+00:00','Bob','decision',1,'{"citations":1,"criterion":"c1","id":2,"outcome":"not_met","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"d9469f99c1f695beeda73f7f74e4aa0fb378486af1c1d118cea332760432e2b8"}','59fae89e4ba310c54e4bbb9eb197183cff0244ee809110408b0998336b370acf');
INSERT INTO "audit" VALUES(7,'2026-11-02T12:00:00.123456+00:00','Ann','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":1,"page":1,"record":"ebadefeb361af665268bec8c7f51e2c4dbb3d52d72196c29c59c6fb4696aa8f7","verdict":"relevant"}','ff815a32f6953b00c834e1615d544782d27c5aa73bc265cc4654a750abb4de1b');
INSERT INTO "audit" VALUES(8,'2026-11-02T12:00:00.123456+00:00','Bob','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":2,"page":1,"record":"7ac5b5266379bdebd00855807635dcf238e0598bb9c41a470cc9b04fca330642","verdict":"unsure"}','14ed9b2266b44b67fa8f4f7ef34d6897f7428055d069b2b7a98dd9a527a64464');
INSERT INTO "audit" VALUES(9,'2026-11-02T12:00:00.123456+00:00','Bob','label',2,'{"arm":"audit","criterion":"c1","document":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","id":3,"page":2,"record":"608645681f16582c9fff2b87978c9ad7d01609460cef7cde81a0ba41cfa9818b","verdict":"unsure"}','c5a2e6709abed993869803e7aeeebd4956f67d4aaffd15b8a61cc9d3f0046dbe');
INSERT INTO "audit" VALUES(10,'2026-11-02T12:00:00.123456+00:00','Bob','sending agreed',2,'{"destination":"models.example","fingerprint":"b235c9d5a075b8d4","pages":6,"pairs":6,"tokens":100}','f210d1b317bee2986c008ccd0ccaacc6199cee9d6100def8abbd00ba55c35f1e');
INSERT INTO "audit" VALUES(11,'2026-11-02T12:00:00.123456+00:00','Ann','scorer changed',1,'{"after":"b235c9d5a075b8d4","before":"cd8a63453bb66f03","name":"zerank","rule":"top 3"}','0723bf8966fea6932bc2da59b8039e37ed652ac609a2a2dd2326beb4adfb0e84');
CREATE TABLE case_documents (
	case_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	CONSTRAINT pk_case_documents PRIMARY KEY (case_id, position), 
	CONSTRAINT uq_case_documents_case_id_document_id UNIQUE (case_id, document_id), 
	CONSTRAINT fk_case_documents_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT fk_case_documents_documents FOREIGN KEY(document_id) REFERENCES documents (id)
);
INSERT INTO "case_documents" VALUES(1,0,1,'chart.pdf');
INSERT INTO "case_documents" VALUES(2,0,2,'second.pdf');
INSERT INTO "case_documents" VALUES(2,1,1,'first.pdf');
INSERT INTO "case_documents" VALUES(2,2,3,'unread.pdf');
CREATE TABLE case_scorers (
	case_id INTEGER NOT NULL, 
	scorer_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	rule VARCHAR NOT NULL, 
	agreed_to VARCHAR NOT NULL, 
	agreed_by VARCHAR NOT NULL, 
	agreed_at VARCHAR(32), 
	CONSTRAINT pk_case_scorers PRIMARY KEY (case_id, scorer_id), 
	CONSTRAINT uq_case_scorers_case_id_position UNIQUE (case_id, position), 
	CONSTRAINT ck_case_scorers_agreed CHECK ((agreed_to = '') = (agreed_at IS NULL)), 
	CONSTRAINT fk_case_scorers_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT fk_case_scorers_scorers FOREIGN KEY(scorer_id) REFERENCES scorers (id)
);
INSERT INTO "case_scorers" VALUES(1,1,0,'threshold 0.5','','',NULL);
INSERT INTO "case_scorers" VALUES(2,2,0,'top 5','models.example','Bob','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "case_scorers" VALUES(1,2,1,'top 3','','',NULL);
CREATE TABLE "cases" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	criteria_set_id INTEGER NOT NULL, 
	created_by VARCHAR NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	scorer_id INTEGER NOT NULL, 
	CONSTRAINT fk_cases_criteria_sets FOREIGN KEY(criteria_set_id) REFERENCES criteria_sets (id), 
	CONSTRAINT fk_cases_scorers FOREIGN KEY(scorer_id) REFERENCES scorers (id)
);
INSERT INTO "cases" VALUES(1,'Case one',1,'Ann','2026-11-02T12:00:00.123456+00:00',2);
INSERT INTO "cases" VALUES(2,'Case two',2,'Bob','2026-11-02T13:00:00.123456+00:00',2);
CREATE TABLE criteria (
	set_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	criterion VARCHAR NOT NULL, 
	question TEXT NOT NULL, 
	instruction TEXT NOT NULL, 
	heading VARCHAR NOT NULL, 
	CONSTRAINT pk_criteria PRIMARY KEY (set_id, position), 
	CONSTRAINT uq_criteria_set_id_criterion UNIQUE (set_id, criterion), 
	CONSTRAINT fk_criteria_criteria_sets FOREIGN KEY(set_id) REFERENCES criteria_sets (id)
);
INSERT INTO "criteria" VALUES(1,0,'c1','Is there knee pain?','Look twice.','History');
INSERT INTO "criteria" VALUES(1,1,'c2','Did physical therapy fail?','Look twice.','History');
INSERT INTO "criteria" VALUES(2,0,'c1','One?','Look twice.','History');
CREATE TABLE criteria_sets (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	created_by VARCHAR NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_criteria_sets PRIMARY KEY (id), 
	CONSTRAINT uq_criteria_sets_name_version UNIQUE (name, version), 
	CONSTRAINT uq_criteria_sets_name_digest UNIQUE (name, digest), 
	CONSTRAINT ck_criteria_sets_version CHECK (version >= 1)
);
INSERT INTO "criteria_sets" VALUES(1,'Knee MRI',1,'59bcf8e1de85dd2fcb9ca9948551f3d0e03cc22975697a5ffd1a7289955e1087','Ann','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "criteria_sets" VALUES(2,'Knee MRI',2,'81363156b375b358b55b0f44b487badc9689c563b01f8b1822252ed84f9ab184','Bob','2026-11-02T13:00:00.123456+00:00');
CREATE TABLE decisions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	case_id INTEGER NOT NULL, 
	criterion VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	rationale TEXT NOT NULL, 
	citations TEXT NOT NULL, 
	reviewer VARCHAR NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT ck_decisions_outcome CHECK (outcome IN ('met', 'not_met', 'insufficient', 'not_applicable')), 
	CONSTRAINT fk_decisions_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);
INSERT INTO "decisions" VALUES(1,1,'c1','met','See the note.','[["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",2,"2 of 3","stands here",[[0.1,0.2,0.3,0.3333333333333333]]]]','Ann','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "decisions" VALUES(2,1,'c1','not_met','See the note.','[["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",2,"2 of 3","stands here",[[0.1,0.2,0.3,0.3333333333333333]]]]','Bob','2026-11-02T12:00:00.123456+00:00');
CREATE TABLE documents (
	id INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	page_count INTEGER NOT NULL, 
	size INTEGER, 
	read_at VARCHAR(32), 
	CONSTRAINT pk_documents PRIMARY KEY (id), 
	CONSTRAINT ck_documents_page_count CHECK (page_count >= 0), 
	CONSTRAINT ck_documents_size CHECK ((size IS NULL) = (read_at IS NULL) AND (size IS NULL OR size >= 0)), 
	CONSTRAINT uq_documents_sha256 UNIQUE (sha256)
);
INSERT INTO "documents" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',3,1000,'2026-11-02T12:00:00.123456+00:00');
INSERT INTO "documents" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',3,500,'2026-11-02T12:00:00.123456+00:00');
INSERT INTO "documents" VALUES(3,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',7,NULL,NULL);
CREATE TABLE "jobs" (
	case_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	message VARCHAR NOT NULL, 
	started_by VARCHAR NOT NULL, 
	updated_at VARCHAR(32) NOT NULL, 
	scorer_id INTEGER NOT NULL, 
	requests INTEGER NOT NULL, 
	bytes BIGINT NOT NULL, 
	tokens BIGINT NOT NULL, 
	dollars DOUBLE NOT NULL, 
	rate DOUBLE, 
	seconds_left DOUBLE, 
	CONSTRAINT pk_jobs PRIMARY KEY (case_id), 
	CONSTRAINT fk_jobs_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT ck_jobs_progress CHECK (done >= 0 AND total >= 0), 
	CONSTRAINT ck_jobs_state CHECK (state IN ('waiting', 'running', 'asking', 'done', 'failed', 'cancelled')), 
	CONSTRAINT fk_jobs_scorers FOREIGN KEY(scorer_id) REFERENCES scorers (id), 
	CONSTRAINT ck_jobs_usage CHECK (requests >= 0 AND bytes >= 0 AND tokens >= 0 AND dollars >= 0)
);
INSERT INTO "jobs" VALUES(1,'done','Scoring',6,6,'','Ann','2026-11-02T12:00:00.123456+00:00',1,1,2,3,0.5,NULL,NULL);
INSERT INTO "jobs" VALUES(2,'waiting','',0,0,'','Bob','2026-11-02T13:00:00.123456+00:00',2,0,0,0,0.0,NULL,NULL);
CREATE TABLE labels (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	case_id INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	page INTEGER NOT NULL, 
	criterion VARCHAR NOT NULL, 
	reviewer VARCHAR NOT NULL, 
	verdict VARCHAR NOT NULL, 
	note TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	arm VARCHAR NOT NULL, 
	inclusion_probability DOUBLE, 
	blind BOOLEAN NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	recalibration VARCHAR NOT NULL, 
	score DOUBLE, 
	probability DOUBLE, 
	threshold DOUBLE, 
	seed BIGINT, 
	CONSTRAINT ck_labels_verdict CHECK (verdict IN ('relevant', 'not_relevant', 'unsure')), 
	CONSTRAINT ck_labels_arm CHECK (arm IN ('shown', 'audit', 'uncertainty', 'found')), 
	CONSTRAINT ck_labels_inclusion_probability CHECK (inclusion_probability > 0 AND inclusion_probability <= 1), 
	CONSTRAINT ck_labels_score CHECK (score >= 0 AND score <= 1), 
	CONSTRAINT ck_labels_probability CHECK (probability >= 0 AND probability <= 1), 
	CONSTRAINT ck_labels_threshold CHECK (threshold >= 0 AND threshold <= 1), 
	CONSTRAINT fk_labels_case_documents FOREIGN KEY(case_id, document_id) REFERENCES case_documents (case_id, document_id), 
	CONSTRAINT fk_labels_pages FOREIGN KEY(document_id, page) REFERENCES pages (document_id, number)
);
INSERT INTO "labels" VALUES(1,1,1,1,'c1','Ann','relevant','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776);
INSERT INTO "labels" VALUES(2,1,1,1,'c1','Bob','unsure','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776);
INSERT INTO "labels" VALUES(3,2,2,2,'c1','Bob','unsure','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776);
CREATE TABLE pages (
	document_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	rotation INTEGER NOT NULL, 
	width DOUBLE NOT NULL, 
	height DOUBLE NOT NULL, 
	problem VARCHAR NOT NULL, 
	blank BOOLEAN NOT NULL, 
	body VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	words BLOB NOT NULL, 
	CONSTRAINT pk_pages PRIMARY KEY (document_id, number), 
	CONSTRAINT ck_pages_number CHECK (number >= 1), 
	CONSTRAINT ck_pages_rotation CHECK (rotation IN (0, 90, 180, 270)), 
	CONSTRAINT ck_pages_area CHECK (width > 0 AND height > 0), 
	CONSTRAINT ck_pages_source CHECK (source IN ('text', 'ocr', 'none')), 
	CONSTRAINT fk_pages_documents FOREIGN KEY(document_id) REFERENCES documents (id)
);
INSERT INTO "pages" VALUES(1,1,'text','1 of 3',90,792.0,612.0,'',0,'','page 1
stands here',X'785E8B8E562A484C4F55D231D033006243106D0A248CD140AC4EB4922148154805189B1AA000231C9A8A4B12F3528A413A412A403A8D70999F915A04768831AAC90626508DC668561A63B332160076852C59');
INSERT INTO "pages" VALUES(1,2,'text','2 of 3',90,792.0,612.0,'',0,'','page 2
stands here',X'785E8B8E562A484C4F55D231D033006243106D0A248CD140AC4EB4921148154805189B1AA000231C9A8A4B12F3528A413A412A403A8D70999F915A04768831AAC90626508DC668561A63B3321600772B2C5A');
INSERT INTO "pages" VALUES(1,3,'text','3 of 3',90,792.0,612.0,'',0,'','page 3
stands here',X'785E8B8E562A484C4F55D231D033006243106D0A248CD140AC4EB4923148154805189B1AA000231C9A8A4B12F3528A413A412A403A8D70999F915A04768831AAC90626508DC668561A63B332160077D12C5B');
INSERT INTO "pages" VALUES(2,1,'text','1 of 3',90,792.0,612.0,'',0,'','page 1
stands here',X'785E8B8E562A484C4F55D231D033006243106D0A248CD140AC4EB4922148154805189B1AA000231C9A8A4B12F3528A413A412A403A8D70999F915A04768831AAC90626508DC668561A63B332160076852C59');
INSERT INTO "pages" VALUES(2,2,'none','',0,612.0,792.0,'The scan is too faint.',0,'','',X'');
INSERT INTO "pages" VALUES(2,3,'ocr','3 of 3',90,792.0,612.0,'',1,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','page 3
stands here',X'785E8B8E562A484C4F55D231D033006243106D0A248CD140AC4EB4923148154805189B1AA000231C9A8A4B12F3528A413A412A403A8D70999F915A04768831AAC90626508DC668561A63B332160077D12C5B');
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_questions PRIMARY KEY (id), 
	CONSTRAINT uq_questions_key UNIQUE ("key")
);
INSERT INTO "questions" VALUES(1,'851a3cac2198ace4a2526fe3f5ec82dab2c86f682ffd7c083451ed0bc859c727');
CREATE TABLE reviewers (
	name VARCHAR NOT NULL, 
	turn INTEGER NOT NULL, 
	CONSTRAINT pk_reviewers PRIMARY KEY (name), 
	CONSTRAINT ck_reviewers_name CHECK (name <> '')
);
INSERT INTO "reviewers" VALUES('Ann',7);
INSERT INTO "reviewers" VALUES('Bob',6);
CREATE TABLE scorer_checks (
	fingerprint VARCHAR NOT NULL, 
	sends_text_to VARCHAR NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	problem VARCHAR NOT NULL, 
	CONSTRAINT pk_scorer_checks PRIMARY KEY (fingerprint, sends_text_to)
);
INSERT INTO "scorer_checks" VALUES('b235c9d5a075b8d4','models.example','2026-11-02T12:00:00.123456+00:00','Wrong.');
CREATE TABLE "scorers" (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	model VARCHAR NOT NULL, 
	revision VARCHAR NOT NULL, 
	transform VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	sends_text_to VARCHAR, 
	CONSTRAINT pk_scorers PRIMARY KEY (id), 
	CONSTRAINT uq_scorers_key UNIQUE ("key"), 
	CONSTRAINT ck_scorers_scope CHECK (scope IN ('page', 'case'))
);
INSERT INTO "scorers" VALUES(1,'cd8a63453bb66f03','embedded','chartsieve-lexical','1','weighted share of the question''s words covered by the best passage (60 %) and the page (40 %)','page','A baseline that matches words and their relatives, not meaning; use zerank-2 for work in earnest.',NULL);
INSERT INTO "scorers" VALUES(2,'b235c9d5a075b8d4','zerank','zerank-2','2026-07','as given','page','By meaning.','models.example');
CREATE TABLE texts (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_texts PRIMARY KEY (id), 
	CONSTRAINT uq_texts_key UNIQUE ("key")
);
INSERT INTO "texts" VALUES(1,'957141df5b6077389ba2db1e804d9b859f8dcbcbea4ed98a72dba09c950a0a00');
CREATE INDEX ix_labels_case_id_criterion_document_id_page_reviewer_id ON labels (case_id, criterion, document_id, page, reviewer, id);
CREATE INDEX ix_decisions_case_id_criterion_id ON decisions (case_id, criterion, id);
CREATE INDEX ix_audit_case_id ON audit (case_id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER labels_no_update BEFORE UPDATE ON labels BEGIN SELECT RAISE(ABORT, 'labels is append-only'); END;
CREATE TRIGGER labels_no_delete BEFORE DELETE ON labels BEGIN SELECT RAISE(ABORT, 'labels is append-only'); END;
CREATE TRIGGER labels_no_replace BEFORE INSERT ON labels WHEN EXISTS (SELECT 1 FROM labels WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'labels is append-only'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('cases',2);
INSERT INTO "sqlite_sequence" VALUES('decisions',2);
INSERT INTO "sqlite_sequence" VALUES('labels',3);
COMMIT;
