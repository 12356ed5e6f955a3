-- A database as the first version wrote it: `sqlite3 chartsieve.db .dump`.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
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
INSERT INTO "answers" VALUES(1,1,1,0.0,NULL);
INSERT INTO "answers" VALUES(1,1,2,1.42857142857142849212e-01,NULL);
INSERT INTO "answers" VALUES(1,1,3,NULL,'timed out');
INSERT INTO "answers" VALUES(1,2,1,1.42857142857142849212e-01,NULL);
INSERT INTO "answers" VALUES(1,2,2,2.85714285714285698425e-01,NULL);
INSERT INTO "answers" VALUES(2,1,1,0.5,NULL);
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
INSERT INTO "audit" VALUES(2,'2026-11-02T12:00:00.123456+00:00','Ann','case created',1,'{"criteria":"Knee MRI","documents":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"rule":"threshold 0.5","scorer":"embedded","version":1}','c9105aa067a2b927c730914793d04536c618ac750b826b6dcee5888a79c279d6');
INSERT INTO "audit" VALUES(3,'2026-11-02T12:00:00.123456+00:00','Bob','rule changed',1,'{"after":"top 5","before":"threshold 0.5"}','99148a69a7ca3d69d97c757abd9a153401e21e61a147e18d60009dc797d04295');
INSERT INTO "audit" VALUES(4,'2026-11-02T12:00:00.123456+00:00','Ann','decision',1,'{"citations":1,"criterion":"c1","id":1,"outcome":"met","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"a8fb25e42fadab1eb061e6dd82e6f85e01a7f40d42310df4d12578d06e4c5a84"}','8d56eaefca95d2b0853688579dbdd07f769f5d1c604f5e87842cf60d20e82c63');
INSERT INTO "audit" VALUES(5,'2026-11-02T12:00:00.123456+00:00','Bob','decision',1,'{"citations":1,"criterion":"c1","id":2,"outcome":"not_met","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"d9469f99c1f695beeda73f7f74e4aa0fb378486af1c1d118cea332760432e2b8"}','9cffdc51c447f828f949ac5ff15598ec9bbca4d9391e6ab698c1117ce6400d3e');
INSERT INTO "audit" VALUES(6,'2026-11-02T12:00:00.123456+00:00','Ann','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":1,"page":1,"record":"3c507d6c8b2aebcb1d401fff14d6999cccf0ce1bab5b06c7e0c66c94877aff64","verdict":"relevant"}','a1108af982fced0c84df30e5a6d300f42529b020f27af695601d4d2601c414ee');
INSERT INTO "audit" VALUES(7,'2026-11-02T12:00:00.123456+00:00','Bob','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":2,"page":2,"record":"be28f57abf30079811bd8867e679ac03400ebe7e6f0609364c24e0f01bb07104","verdict":"unsure"}','63acf1845d64821708f2080e2c6383494a92c453e80ad157e92ba93d232568f6');
INSERT INTO "audit" VALUES(8,'2026-11-02T12:00:00.123456+00:00','Carol','criteria saved',NULL,'{"digest":"89241a70b982f968d478c6fc7cfc6c9bb9fad1b2acf7c82ace09fc09997241f7","name":"Urgency","version":1}','cf4a513c47ed5cd16aa2eb6280c0e140150fce178c635be32d613e43619fb15d');
INSERT INTO "audit" VALUES(9,'2026-11-02T12:00:00.123456+00:00','Carol','case created',2,'{"criteria":"Urgency","documents":["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],"rule":"threshold 0.25","scorer":"embedded","version":1}','66e828186351cc4f0ce7c8007b0cb1a2f7d0ee9a438c87e097244edc6cd985ce');
INSERT INTO "audit" VALUES(10,'2026-11-02T12:00:00.123456+00:00','Ann','case created',3,'{"criteria":"Knee MRI","documents":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"rule":"top 1","scorer":"zerank","version":1}','3e4e752a594a7b34198a7c9e333b9ca0c683703cb3bd0d2ab7e8777b37d130b2');
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
INSERT INTO "case_documents" VALUES(2,0,2,'later.pdf');
INSERT INTO "case_documents" VALUES(3,0,1,'again.pdf');
CREATE TABLE cases (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	criteria_set_id INTEGER NOT NULL, 
	scorer VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	created_by VARCHAR NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	CONSTRAINT fk_cases_criteria_sets FOREIGN KEY(criteria_set_id) REFERENCES criteria_sets (id)
);
INSERT INTO "cases" VALUES(1,'Case one',1,'embedded','top 5','Ann','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "cases" VALUES(2,'Case two',2,'embedded','threshold 0.25','Carol','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "cases" VALUES(3,'Case three',1,'zerank','top 1','Ann','2026-11-02T12:00:00.123456+00:00');
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
INSERT INTO "criteria" VALUES(2,0,'c1','Is it urgent?','Look twice.','History');
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
INSERT INTO "criteria_sets" VALUES(2,'Urgency',1,'89241a70b982f968d478c6fc7cfc6c9bb9fad1b2acf7c82ace09fc09997241f7','Carol','2026-11-02T12:00:00.123456+00:00');
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
INSERT INTO "documents" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',9,NULL,NULL);
CREATE TABLE jobs (
	case_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	message VARCHAR NOT NULL, 
	started_by VARCHAR NOT NULL, 
	updated_at VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (case_id), 
	CONSTRAINT ck_jobs_state CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')), 
	CONSTRAINT ck_jobs_progress CHECK (done >= 0 AND total >= 0), 
	CONSTRAINT fk_jobs_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);
INSERT INTO "jobs" VALUES(1,'done','Scoring',6,6,'','Ann','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "jobs" VALUES(2,'waiting','',0,0,'','Carol','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "jobs" VALUES(3,'failed','',0,0,'There is no scorer called zerank.','Ann','2026-11-02T12:00:00.123456+00:00');
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
INSERT INTO "labels" VALUES(1,1,1,1,'c1','Ann','relevant','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'cd8a63453bb66f03','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776);
INSERT INTO "labels" VALUES(2,1,1,2,'c1','Bob','unsure','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776);
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
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_questions PRIMARY KEY (id), 
	CONSTRAINT uq_questions_key UNIQUE ("key")
);
INSERT INTO "questions" VALUES(1,'851a3cac2198ace4a2526fe3f5ec82dab2c86f682ffd7c083451ed0bc859c727');
INSERT INTO "questions" VALUES(2,'626f18eb716510c24fa431a6bca5b7b0b9704086b05ce4008cba978bfc051398');
CREATE TABLE reviewers (
	name VARCHAR NOT NULL, 
	turn INTEGER NOT NULL, 
	CONSTRAINT pk_reviewers PRIMARY KEY (name), 
	CONSTRAINT ck_reviewers_name CHECK (name <> '')
);
INSERT INTO "reviewers" VALUES('Ann',8);
INSERT INTO "reviewers" VALUES('Bob',6);
INSERT INTO "reviewers" VALUES('Carol',7);
CREATE TABLE scorers (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_scorers PRIMARY KEY (id), 
	CONSTRAINT uq_scorers_key UNIQUE ("key")
);
INSERT INTO "scorers" VALUES(1,'cd8a63453bb66f03');
INSERT INTO "scorers" VALUES(2,'0123456789abcdef');
CREATE TABLE texts (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_texts PRIMARY KEY (id), 
	CONSTRAINT uq_texts_key UNIQUE ("key")
);
INSERT INTO "texts" VALUES(1,'957141df5b6077389ba2db1e804d9b859f8dcbcbea4ed98a72dba09c950a0a00');
INSERT INTO "texts" VALUES(2,'c5c74cb3c6ab2d67b603513ea8e2fa2ff968611ddf9926f2631adb5246320298');
INSERT INTO "texts" VALUES(3,'42696c835750fa6feb71b3e7ebef24764cd5f3148a94ad62791bdd52184206fd');
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
INSERT INTO "sqlite_sequence" VALUES('cases',3);
INSERT INTO "sqlite_sequence" VALUES('decisions',2);
INSERT INTO "sqlite_sequence" VALUES('labels',2);
COMMIT;
