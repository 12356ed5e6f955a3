-- A database as the third version wrote it: `sqlite3 chartsieve.db .dump`.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
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
INSERT INTO "audit" VALUES(4,'2026-11-02T13:00:00.123456+00:00','Bob','case created',2,'{"criteria":"Knee MRI","documents":["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"],"fingerprint":"b235c9d5a075b8d4","rule":"probability>=0.20 & top10","scorer":"zerank","version":2}','de9ea322b560d2ff39ddbebcd661bf91624ed338b382efe1220d4d714d3aa150');
INSERT INTO "audit" VALUES(5,'2026-11-02T13:00:00.123456+00:00','Ann','case created',3,'{"criteria":"Knee MRI","documents":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"fingerprint":"cd8a63453bb66f03","rule":"probability>=0.02 & top10","scorer":"embedded","version":1}','72fd31d13074ec358c7a92e8c43906655a667aa1d9c21e0a2e134cf05a6cbc40');
INSERT INTO "audit" VALUES(6,'2026-11-02T12:00:00.123456+00:00','Ann','rule changed',1,'{"after":"probability>=0.05 & top10","before":"threshold 0.5","fingerprint":"cd8a63453bb66f03"}','fa46e10310f0e3c63de739b85f5db41a33da2eb7c76e898b229d296cf141a9bd');
INSERT INTO "audit" VALUES(7,'2026-11-02T12:00:00.123456+00:00','Ann','decision',1,'{"citations":1,"criterion":"c1","id":1,"outcome":"met","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"a8fb25e42fadab1eb061e6dd82e6f85e01a7f40d42310df4d12578d06e4c5a84"}','6e758bd5cbe6b954bbb177e1563010a782583c474771e736c83b5218ddb44484');
INSERT INTO "audit" VALUES(8,'2026-11-02T12:00:00.123456+00:00','Bob','decision',1,'{"citations":1,"criterion":"c1","id":2,"outcome":"not_met","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"d9469f99c1f695beeda73f7f74e4aa0fb378486af1c1d118cea332760432e2b8"}','d7415a4c4107571b0b92d022355cd94089cc21be47668de225d61f38917187e8');
INSERT INTO "audit" VALUES(9,'2026-11-02T12:00:00.123456+00:00','Ann','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":1,"page":1,"record":"ebadefeb361af665268bec8c7f51e2c4dbb3d52d72196c29c59c6fb4696aa8f7","verdict":"relevant"}','464a51343e833cb0d98ce24cf1672dd583c9abbf1b502cf0776050d8a3389ab8');
INSERT INTO "audit" VALUES(10,'2026-11-02T12:00:00.123456+00:00','Bob','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":2,"page":1,"record":"7ac5b5266379bdebd00855807635dcf238e0598bb9c41a470cc9b04fca330642","verdict":"unsure"}','d89e82786731ec610116efabbc2bfab17497c3b64a6b78ce3359becee573d733');
INSERT INTO "audit" VALUES(11,'2026-11-02T12:00:00.123456+00:00','Ann','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":3,"page":1,"record":"2780f6b5b2602292f6aafc9b423e747aa10c74cf9268f4a68b357fd3dc564bd1","verdict":"not_relevant"}','de5de60b4832a7fc029efbd0e0de8d7ce893b2ad321c334d408b1f7f96641136');
INSERT INTO "audit" VALUES(12,'2026-11-02T12:00:00.123456+00:00','Bob','label',2,'{"arm":"audit","criterion":"c1","document":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","id":4,"page":2,"record":"5c36f280f7ef20b294526373e7c569e9029e506662902362f6cb382e056c4b87","verdict":"unsure"}','f96454186a5480601edb74c3c66f4b511fab8687d1b5755c6bf7182711261584');
INSERT INTO "audit" VALUES(13,'2026-11-02T12:00:00.123456+00:00','Ann','label',3,'{"arm":"shown","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":5,"page":1,"record":"fe2cfa776c2a0687048775651ec24c5f1a532b4420803e325b67047af373fe2c","verdict":"relevant"}','030aceb0d8116a8c6e7ff1ffd29f400b82b2b7933fddc0c67fc8c9f77c262b3b');
INSERT INTO "audit" VALUES(14,'2026-11-02T12:00:00.123456+00:00','Ann','page looked at',2,'{"document":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","id":1,"page":2,"record":"8a92c2bb6f2e58c4c49d3686a2cb3e3fe9a3c5565a25b8faa31914d65a1a5f3a"}','99d2284b7dcc9648a9c022911f5c489d50b6508697ac68dd11f6bfdb438d9a29');
INSERT INTO "audit" VALUES(15,'2026-11-02T12:00:00.123456+00:00','Bob','sending agreed',2,'{"destination":"models.example","fingerprint":"b235c9d5a075b8d4","pages":6,"pairs":6,"tokens":100}','96f2a8f5315700e20c23ec0e0d74d4fa7e2185b9980a17acbb9e3d443eb8bb32');
INSERT INTO "audit" VALUES(16,'2026-11-02T12:00:00.123456+00:00','Ann','scorer changed',1,'{"after":"b235c9d5a075b8d4","before":"cd8a63453bb66f03","name":"zerank","rule":"top3"}','b47bc424c5756ccb59bb6dc4539e80c1e9b3478970495c455fa666974e30c477');
INSERT INTO "audit" VALUES(17,'2026-11-02T12:00:00.123456+00:00','Ann','scorer changed',3,'{"after":"b235c9d5a075b8d4","before":"cd8a63453bb66f03","name":"zerank","rule":"probability>=0.02 & top10"}','35a4fd9c51f9900b414a207b0065f2edafc55f2676d1f25028892cf380106eff');
INSERT INTO "audit" VALUES(18,'2026-11-02T12:00:00.123456+00:00','Ann','document replaced',2,'{"after":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","before":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","pages":3}','b461341bb5b73da23f46b5c5766ca9c9d6ca65a96e2bace70a71bfc677143ee9');
CREATE TABLE "case_documents" (
	case_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	place INTEGER NOT NULL, 
	added_by VARCHAR NOT NULL, 
	added_at VARCHAR(32) NOT NULL, 
	replaced_by INTEGER, 
	CONSTRAINT pk_case_documents PRIMARY KEY (case_id, position), 
	CONSTRAINT uq_case_documents_case_id_document_id UNIQUE (case_id, document_id), 
	CONSTRAINT fk_case_documents_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT fk_case_documents_documents FOREIGN KEY(document_id) REFERENCES documents (id), 
	CONSTRAINT fk_case_documents_documents_replaced_by FOREIGN KEY(replaced_by) REFERENCES documents (id), 
	CONSTRAINT ck_case_documents_replaced_by CHECK (replaced_by <> document_id)
);
INSERT INTO "case_documents" VALUES(1,0,1,'chart.pdf',0,'Ann','2026-11-02T12:00:00.123456+00:00',NULL);
INSERT INTO "case_documents" VALUES(2,0,2,'second.pdf',0,'Bob','2026-11-02T13:00:00.123456+00:00',4);
INSERT INTO "case_documents" VALUES(2,1,1,'first.pdf',1,'Bob','2026-11-02T13:00:00.123456+00:00',NULL);
INSERT INTO "case_documents" VALUES(2,2,3,'unread.pdf',2,'Bob','2026-11-02T13:00:00.123456+00:00',NULL);
INSERT INTO "case_documents" VALUES(3,0,1,'chart.pdf',0,'Ann','2026-11-02T13:00:00.123456+00:00',NULL);
INSERT INTO "case_documents" VALUES(2,3,4,'corrected.pdf',0,'Ann','2026-11-02T12:00:00.123456+00:00',NULL);
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
INSERT INTO "case_scorers" VALUES(1,1,0,'probability>=0.05 & top10','','',NULL);
INSERT INTO "case_scorers" VALUES(2,2,0,'probability>=0.20 & top10','models.example','Bob','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "case_scorers" VALUES(3,1,0,'probability>=0.02 & top10','','',NULL);
INSERT INTO "case_scorers" VALUES(1,2,1,'top3','','',NULL);
INSERT INTO "case_scorers" VALUES(3,2,1,'probability>=0.02 & top10','','',NULL);
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
INSERT INTO "cases" VALUES(3,'Case three',1,'Ann','2026-11-02T13:00:00.123456+00:00',2);
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
INSERT INTO "documents" VALUES(4,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',3,NULL,NULL);
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
	CONSTRAINT ck_jobs_progress CHECK (done >= 0 AND total >= 0), 
	CONSTRAINT fk_jobs_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT ck_jobs_state CHECK (state IN ('waiting', 'running', 'asking', 'done', 'failed', 'cancelled')), 
	CONSTRAINT fk_jobs_scorers FOREIGN KEY(scorer_id) REFERENCES scorers (id), 
	CONSTRAINT ck_jobs_usage CHECK (requests >= 0 AND bytes >= 0 AND tokens >= 0 AND dollars >= 0)
);
INSERT INTO "jobs" VALUES(1,'done','Scoring',6,6,'','Ann','2026-11-02T12:00:00.123456+00:00',1,1,2,3,0.5,NULL,NULL);
INSERT INTO "jobs" VALUES(2,'waiting','',0,0,'','Bob','2026-11-02T13:00:00.123456+00:00',2,0,0,0,0.0,NULL,NULL);
INSERT INTO "jobs" VALUES(3,'waiting','',0,0,'','Ann','2026-11-02T13:00:00.123456+00:00',1,0,0,0,0.0,NULL,NULL);
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
INSERT INTO "labels" VALUES(3,1,1,1,'c1','Ann','not_relevant','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776);
INSERT INTO "labels" VALUES(4,2,2,2,'c1','Bob','unsure','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776);
INSERT INTO "labels" VALUES(5,3,1,1,'c1','Ann','relevant','Marked in passing.','2026-11-02T12:00:00.123456+00:00','shown',NULL,0,'0123456789abcdef','01234567',NULL,NULL,NULL,NULL);
CREATE TABLE "pages" (
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
	turn INTEGER NOT NULL, 
	confidence DOUBLE, 
	recognised VARCHAR NOT NULL, 
	images DOUBLE NOT NULL, 
	notes VARCHAR NOT NULL, 
	sketch BLOB NOT NULL, 
	look BLOB NOT NULL, 
	text TEXT NOT NULL, 
	words BLOB NOT NULL, 
	CONSTRAINT pk_pages PRIMARY KEY (document_id, number), 
	CONSTRAINT ck_pages_number CHECK (number >= 1), 
	CONSTRAINT ck_pages_area CHECK (width > 0 AND height > 0), 
	CONSTRAINT ck_pages_rotation CHECK (rotation IN (0, 90, 180, 270)), 
	CONSTRAINT ck_pages_source CHECK (source IN ('text', 'ocr', 'none')), 
	CONSTRAINT fk_pages_documents FOREIGN KEY(document_id) REFERENCES documents (id), 
	CONSTRAINT ck_pages_turn CHECK (turn IN (0, 90, 180, 270)), 
	CONSTRAINT ck_pages_confidence CHECK (confidence >= 0 AND confidence <= 1), 
	CONSTRAINT ck_pages_images CHECK (images >= 0 AND images <= 1)
);
INSERT INTO "pages" VALUES(1,1,'text','1 of 3',90,792.0,612.0,'',0,'',0,NULL,'',0.0,'',X'',X'','page 1
stands here',X'0104000000642D00000000000000009A9999999999B93F9A9999999999A93F555555555555D53F9A9999999999B93F9A9999999999B93F343333333333C33F555555555555D53F9A9999999999C93F9A9999999999B93F000000000000D03F555555555555D53F343333333333D33F9A9999999999B93F676666666666D63F555555555555D53F78018B562A484C4F55D2513204E2E292C4BC9462202323B5285529160074F2084C');
INSERT INTO "pages" VALUES(1,2,'text','2 of 3',90,792.0,612.0,'',0,'',0,NULL,'',0.0,'',X'',X'','page 2
stands here',X'0104000000642D00000000000000009A9999999999B93F9A9999999999A93F555555555555D53F9A9999999999B93F9A9999999999B93F343333333333C33F555555555555D53F9A9999999999C93F9A9999999999B93F000000000000D03F555555555555D53F343333333333D33F9A9999999999B93F676666666666D63F555555555555D53F78018B562A484C4F55D2513202E2E292C4BC9462202323B528552916007505084D');
INSERT INTO "pages" VALUES(1,3,'text','3 of 3',90,792.0,612.0,'',0,'',0,NULL,'',0.0,'',X'',X'','page 3
stands here',X'0104000000642D00000000000000009A9999999999B93F9A9999999999A93F555555555555D53F9A9999999999B93F9A9999999999B93F343333333333C33F555555555555D53F9A9999999999C93F9A9999999999B93F000000000000D03F555555555555D53F343333333333D33F9A9999999999B93F676666666666D63F555555555555D53F78018B562A484C4F55D2513206E2E292C4BC9462202323B528552916007518084E');
INSERT INTO "pages" VALUES(2,1,'text','1 of 3',90,792.0,612.0,'',0,'',0,NULL,'',0.0,'',X'',X'','page 1
stands here',X'0104000000642D00000000000000009A9999999999B93F9A9999999999A93F555555555555D53F9A9999999999B93F9A9999999999B93F343333333333C33F555555555555D53F9A9999999999C93F9A9999999999B93F000000000000D03F555555555555D53F343333333333D33F9A9999999999B93F676666666666D63F555555555555D53F78018B562A484C4F55D2513204E2E292C4BC9462202323B5285529160074F2084C');
INSERT INTO "pages" VALUES(2,2,'none','2 of 3',90,792.0,612.0,'The scan is too faint.',0,'',0,NULL,'',0.0,'',X'',X'','',X'');
INSERT INTO "pages" VALUES(2,3,'text','3 of 3',90,792.0,612.0,'',0,'',0,NULL,'',0.0,'',X'',X'','page 3
stands here',X'0104000000642D00000000000000009A9999999999B93F9A9999999999A93F555555555555D53F9A9999999999B93F9A9999999999B93F343333333333C33F555555555555D53F9A9999999999C93F9A9999999999B93F000000000000D03F555555555555D53F343333333333D33F9A9999999999B93F676666666666D63F555555555555D53F78018B562A484C4F55D2513206E2E292C4BC9462202323B528552916007518084E');
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
INSERT INTO "reviewers" VALUES('Ann',11);
INSERT INTO "reviewers" VALUES('Bob',10);
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
CREATE TABLE sightings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	case_id INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	page INTEGER NOT NULL, 
	reviewer VARCHAR NOT NULL, 
	note TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	CONSTRAINT fk_sightings_case_documents FOREIGN KEY(case_id, document_id) REFERENCES case_documents (case_id, document_id), 
	CONSTRAINT fk_sightings_pages FOREIGN KEY(document_id, page) REFERENCES pages (document_id, number)
);
INSERT INTO "sightings" VALUES(1,2,2,2,'Ann','A fax of a form.','2026-11-02T12:00:00.123456+00:00');
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
CREATE UNIQUE INDEX ix_case_documents_case_id_place ON case_documents (case_id, place) WHERE replaced_by IS NULL;
CREATE INDEX ix_sightings_case_id_document_id_page_reviewer_id ON sightings (case_id, document_id, page, reviewer, id);
CREATE TRIGGER sightings_no_update BEFORE UPDATE ON sightings BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;
CREATE TRIGGER sightings_no_delete BEFORE DELETE ON sightings BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;
CREATE TRIGGER sightings_no_replace BEFORE INSERT ON sightings WHEN EXISTS (SELECT 1 FROM sightings WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('cases',3);
INSERT INTO "sqlite_sequence" VALUES('decisions',2);
INSERT INTO "sqlite_sequence" VALUES('labels',5);
INSERT INTO "sqlite_sequence" VALUES('sightings',1);
COMMIT;
