-- A database as the fourth version wrote it: `sqlite3 chartsieve.db .dump`.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
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
INSERT INTO "answers" VALUES(1,1,2,NULL,'Too long');
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
INSERT INTO "audit" VALUES(3,'2026-11-02T12:00:00.123456+00:00','Ann','case created',2,'{"criteria":"Knee MRI","documents":["bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],"fingerprint":"b235c9d5a075b8d4","rule":"threshold 0.5","scorer":"zerank","version":1}','bf0ed7e7f1b4d4d95c4bd3da71f3fda52d5bbb800daac8138db7a52a2977d663');
INSERT INTO "audit" VALUES(4,'2026-11-02T12:00:00.123456+00:00','Ann','decision',1,'{"citations":1,"criterion":"c1","id":1,"outcome":"met","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"a8fb25e42fadab1eb061e6dd82e6f85e01a7f40d42310df4d12578d06e4c5a84"}','c6444ca091fba5e86cec11dc642d838cca0b89f38a3ef5de2452e791671f4e55');
INSERT INTO "audit" VALUES(5,'2026-11-02T12:00:00.123456+00:00','Bob','decision',1,'{"citations":1,"criterion":"c1","id":2,"outcome":"not_met","rationale":"faf002d9be907a085b1dc35a60b752694a6c9829a6c932976edf07813e0992b5","record":"10fa30266e35e041920f84b2a471ab87e570523ee07fe3e619facb16ab64a95e"}','1fc0874b4bb1c71484707506d289a285bbe5d819d072695fe63b2b249c1f52ea');
INSERT INTO "audit" VALUES(6,'2026-11-02T12:00:00.123456+00:00','Ann','decision',1,'{"citations":0,"criterion":"c2","id":3,"outcome":"insufficient","rationale":"af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc","record":"989115f47eb2551ebbf2f0192387cd038b41d2f570fb812efb2b3a9c5d07e100"}','f270716ff9ab5ba80f4d5b0ee2d47de81df1db08bb35f35adf926eaadc23a9aa');
INSERT INTO "audit" VALUES(7,'2026-11-02T12:00:00.123456+00:00','Bob','decision',2,'{"citations":0,"criterion":"c1","id":4,"outcome":"not_applicable","rationale":"8b7bfb32a56b58a32b5f1b9f439bd7137fa8be7f9f89df7b7e76dfc3c7a3fe97","record":"ceed7f8045029eaffecf7b0fe64f725c2f82f66e80f56b01c5357193feaa2299"}','11015ac786d292d3d7dee54ca5fe3ec5119603892c0fb712f3fbe2ff782a30c3');
INSERT INTO "audit" VALUES(8,'2026-11-02T12:00:00.123456+00:00','Ann','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":1,"page":1,"record":"ebadefeb361af665268bec8c7f51e2c4dbb3d52d72196c29c59c6fb4696aa8f7","verdict":"relevant"}','4d80285b68fc57e271c20f257b694e171d75bddce0ae193c2267b0ffb9fffeac');
INSERT INTO "audit" VALUES(9,'2026-11-02T12:00:00.123456+00:00','Bob','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":2,"page":2,"record":"be28f57abf30079811bd8867e679ac03400ebe7e6f0609364c24e0f01bb07104","verdict":"unsure"}','079545e937878ae55cc7d06935d6fb47401a82330a81446cbb84b2a279cef217');
INSERT INTO "audit" VALUES(10,'2026-11-02T12:00:00.123456+00:00','Ann','label withdrawn',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":3,"page":1,"record":"e1df184090eda118abb4cad0067aba02a0e98b8405f42509385b99e2b41985cc","verdict":"withdrawn"}','3730732b0b68dd1d0b56f1b898469e08bef535839e82563cb20c470f02bb576b');
INSERT INTO "audit" VALUES(11,'2026-11-02T12:00:00.123456+00:00','Ann','page looked at',1,'{"document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":1,"page":2,"record":"2839ccb357d5c9169200eb0bef37924d41fac949d046c71d740318b7be45ce48"}','6448fdb91aaff8e5573dc6579962352d04321717780bb33b90d46d7e5b02114a');
INSERT INTO "audit" VALUES(12,'2026-11-02T12:00:00.123456+00:00','Ann','round drawn',NULL,'{"cases":["1"],"criteria":"Knee MRI","fingerprint":"cd8a63453bb66f03","id":1,"record":"803abaa12f63213d235aea180ee32cfe9dc8238ed76e5d2c97a8bf0eb6883720","rule":"probability>=0.5 & top10","tasks":2}','f1a62c33fad751393745a78e42161064ae9e075b67429f075f258460eb172fec');
INSERT INTO "audit" VALUES(13,'2026-11-02T12:00:00.123456+00:00','Bob','label',1,'{"arm":"audit","criterion":"c1","document":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","id":4,"page":1,"record":"6327e244b078cd1bb395c3b6e857957da9fb7c694a7f415fcc7620f9a6f3a586","task":1,"verdict":"relevant"}','268842d85aa510fbc20abfb61a1f11ddfe56e208476c268b017b10bb749ca888');
INSERT INTO "audit" VALUES(14,'2026-11-02T12:00:00.123456+00:00','Bob','document added',1,'{"document":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","pages":9}','62f3ff61923e363160cad2d3c9be3985865fa86a6729e54f07f173f48153dfcb');
INSERT INTO "audit" VALUES(15,'2026-11-02T12:00:00.123456+00:00','Bob','document replaced',1,'{"after":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","before":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","pages":3}','88fea0ea86ee5f19a26776a48de59118ddfc7eb70ea168660516e31243f4a662');
INSERT INTO "audit" VALUES(16,'2026-11-02T12:00:00.123456+00:00','Ann','scorer changed',1,'{"after":"b235c9d5a075b8d4","before":"cd8a63453bb66f03","name":"zerank","rule":"top3"}','716ff27884b23155cdf6dfbedf5bcac76c7d8eab50ec8dddb56e79abfed51029');
INSERT INTO "audit" VALUES(17,'2026-11-02T12:00:00.123456+00:00','Ann','sending agreed',1,'{"destination":"models.example","fingerprint":"b235c9d5a075b8d4","pages":3,"pairs":6,"tokens":100}','1e740100e290e4052fecd00473f5d3ce2abdd2cb19ee324fc698b411625794f7');
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
	CONSTRAINT fk_case_documents_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT fk_case_documents_documents FOREIGN KEY(document_id) REFERENCES documents (id), 
	CONSTRAINT uq_case_documents_case_id_document_id UNIQUE (case_id, document_id), 
	CONSTRAINT fk_case_documents_documents_replaced_by FOREIGN KEY(replaced_by) REFERENCES documents (id), 
	CONSTRAINT ck_case_documents_replaced_by CHECK (replaced_by <> document_id)
);
INSERT INTO "case_documents" VALUES(1,0,1,'chart.pdf',0,'Ann','2026-11-02T12:00:00.123456+00:00',NULL);
INSERT INTO "case_documents" VALUES(2,0,2,'chart.pdf',0,'Ann','2026-11-02T12:00:00.123456+00:00',NULL);
INSERT INTO "case_documents" VALUES(1,1,3,'c.pdf',1,'Bob','2026-11-02T12:00:00.123456+00:00',2);
INSERT INTO "case_documents" VALUES(1,2,2,'b.pdf',1,'Bob','2026-11-02T12:00:00.123456+00:00',NULL);
CREATE TABLE "case_scorers" (
	case_id INTEGER NOT NULL, 
	scorer_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	rule VARCHAR NOT NULL, 
	agreed_to VARCHAR NOT NULL, 
	agreed_by VARCHAR NOT NULL, 
	agreed_at VARCHAR(32), 
	recalibration VARCHAR NOT NULL, 
	CONSTRAINT pk_case_scorers PRIMARY KEY (case_id, scorer_id), 
	CONSTRAINT uq_case_scorers_case_id_position UNIQUE (case_id, position), 
	CONSTRAINT ck_case_scorers_agreed CHECK ((agreed_to = '') = (agreed_at IS NULL)), 
	CONSTRAINT fk_case_scorers_scorers FOREIGN KEY(scorer_id) REFERENCES scorers (id), 
	CONSTRAINT fk_case_scorers_cases FOREIGN KEY(case_id) REFERENCES cases (id)
);
INSERT INTO "case_scorers" VALUES(1,1,0,'threshold 0.5','','',NULL,'');
INSERT INTO "case_scorers" VALUES(2,2,0,'threshold 0.5','','',NULL,'');
INSERT INTO "case_scorers" VALUES(1,2,1,'top3','models.example','Ann','2026-11-02T12:00:00.123456+00:00','');
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
INSERT INTO "cases" VALUES(2,'Case two',1,'Ann','2026-11-02T12:00:00.123456+00:00',2);
CREATE TABLE certificates (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	recall DOUBLE NOT NULL, 
	unit VARCHAR NOT NULL, 
	method VARCHAR NOT NULL, 
	confidence DOUBLE NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	recalibration VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	criteria_name VARCHAR NOT NULL, 
	criteria_version INTEGER NOT NULL, 
	criteria TEXT NOT NULL, 
	promised BOOLEAN NOT NULL, 
	bound DOUBLE, 
	observed DOUBLE NOT NULL, 
	kept DOUBLE NOT NULL, 
	kept_together DOUBLE NOT NULL, 
	cases TEXT NOT NULL, 
	positives INTEGER NOT NULL, 
	labels INTEGER NOT NULL, 
	labels_digest VARCHAR NOT NULL, 
	made_by VARCHAR NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	expires_at VARCHAR(32) NOT NULL, 
	CONSTRAINT ck_certificates_unit CHECK (unit IN ('page', 'criterion', 'case')), 
	CONSTRAINT ck_certificates_method CHECK (method IN ('observed', 'crc', 'ltt', 'audit')), 
	CONSTRAINT ck_certificates_recall CHECK (recall >= 0 AND recall <= 1), 
	CONSTRAINT ck_certificates_confidence CHECK (confidence >= 0 AND confidence <= 1), 
	CONSTRAINT ck_certificates_bound CHECK (bound >= 0 AND bound <= 1), 
	CONSTRAINT ck_certificates_observed CHECK (observed >= 0 AND observed <= 1), 
	CONSTRAINT ck_certificates_kept CHECK (kept >= 0 AND kept <= 1), 
	CONSTRAINT ck_certificates_kept_together CHECK (kept_together >= 0 AND kept_together <= 1), 
	CONSTRAINT ck_certificates_labels CHECK (positives >= 0 AND labels >= positives)
);
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
INSERT INTO "decisions" VALUES(2,1,'c1','not_met','Six weeks only.','[["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",2,"2 of 3","stands here",[[0.1,0.2,0.3,0.3333333333333333]]]]','Bob','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "decisions" VALUES(3,1,'c2','insufficient','','[]','Ann','2026-11-02T12:00:00.123456+00:00');
INSERT INTO "decisions" VALUES(4,2,'c1','not_applicable','See the note.','[]','Bob','2026-11-02T12:00:00.123456+00:00');
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
INSERT INTO "documents" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',3,1000,'2026-11-02T12:00:00.123456+00:00');
INSERT INTO "documents" VALUES(3,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',9,NULL,NULL);
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
INSERT INTO "jobs" VALUES(1,'running','Scoring',1,6,'','Ann','2026-11-02T12:00:00.123456+00:00',1,1,1099511627776,3,0.1,0.5,NULL);
INSERT INTO "jobs" VALUES(2,'waiting','',0,0,'','Ann','2026-11-02T12:00:00.123456+00:00',2,0,0,0,0.0,NULL,NULL);
CREATE TABLE "labels" (
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
	task_id INTEGER, 
	CONSTRAINT ck_labels_arm CHECK (arm IN ('shown', 'audit', 'uncertainty', 'found')), 
	CONSTRAINT ck_labels_inclusion_probability CHECK (inclusion_probability > 0 AND inclusion_probability <= 1), 
	CONSTRAINT ck_labels_score CHECK (score >= 0 AND score <= 1), 
	CONSTRAINT fk_labels_pages FOREIGN KEY(document_id, page) REFERENCES pages (document_id, number), 
	CONSTRAINT ck_labels_probability CHECK (probability >= 0 AND probability <= 1), 
	CONSTRAINT fk_labels_case_documents FOREIGN KEY(case_id, document_id) REFERENCES case_documents (case_id, document_id), 
	CONSTRAINT ck_labels_threshold CHECK (threshold >= 0 AND threshold <= 1), 
	CONSTRAINT fk_labels_tasks FOREIGN KEY(task_id) REFERENCES tasks (id), 
	CONSTRAINT ck_labels_verdict CHECK (verdict IN ('relevant', 'not_relevant', 'unsure', 'withdrawn'))
);
INSERT INTO "labels" VALUES(1,1,1,1,'c1','Ann','relevant','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776,NULL);
INSERT INTO "labels" VALUES(2,1,1,2,'c1','Bob','unsure','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776,NULL);
INSERT INTO "labels" VALUES(3,1,1,1,'c1','Ann','withdrawn','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776,NULL);
INSERT INTO "labels" VALUES(4,1,1,1,'c1','Bob','relevant','','2026-11-02T12:00:00.123456+00:00','audit',0.1,1,'0123456789abcdef','01234567',3.33333333333333314829e-01,0.25,0.5,1099511627776,1);
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
	CONSTRAINT ck_pages_rotation CHECK (rotation IN (0, 90, 180, 270)), 
	CONSTRAINT ck_pages_source CHECK (source IN ('text', 'ocr', 'none')), 
	CONSTRAINT fk_pages_documents FOREIGN KEY(document_id) REFERENCES documents (id), 
	CONSTRAINT ck_pages_area CHECK (width > 0 AND height > 0), 
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
INSERT INTO "pages" VALUES(2,2,'text','2 of 3',90,792.0,612.0,'',0,'',0,NULL,'',0.0,'',X'',X'','page 2
stands here',X'0104000000642D00000000000000009A9999999999B93F9A9999999999A93F555555555555D53F9A9999999999B93F9A9999999999B93F343333333333C33F555555555555D53F9A9999999999C93F9A9999999999B93F000000000000D03F555555555555D53F343333333333D33F9A9999999999B93F676666666666D63F555555555555D53F78018B562A484C4F55D2513202E2E292C4BC9462202323B528552916007505084D');
INSERT INTO "pages" VALUES(2,3,'text','3 of 3',90,792.0,612.0,'',0,'',0,NULL,'',0.0,'',X'',X'','page 3
stands here',X'0104000000642D00000000000000009A9999999999B93F9A9999999999A93F555555555555D53F9A9999999999B93F9A9999999999B93F343333333333C33F555555555555D53F9A9999999999C93F9A9999999999B93F000000000000D03F555555555555D53F343333333333D33F9A9999999999B93F676666666666D63F555555555555D53F78018B562A484C4F55D2513206E2E292C4BC9462202323B528552916007518084E');
CREATE TABLE publications (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	fingerprint VARCHAR NOT NULL, 
	criteria_name VARCHAR NOT NULL, 
	certificate_id INTEGER, 
	made_by VARCHAR NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT fk_publications_certificates FOREIGN KEY(certificate_id) REFERENCES certificates (id)
);
CREATE TABLE questions (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_questions PRIMARY KEY (id), 
	CONSTRAINT uq_questions_key UNIQUE ("key")
);
INSERT INTO "questions" VALUES(1,'q');
CREATE TABLE raised_chances (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	round_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	page INTEGER NOT NULL, 
	criterion VARCHAR NOT NULL, 
	inclusion_probability DOUBLE NOT NULL, 
	CONSTRAINT ck_raised_chances_inclusion_probability CHECK (inclusion_probability > 0 AND inclusion_probability <= 1), 
	CONSTRAINT fk_raised_chances_rounds FOREIGN KEY(round_id) REFERENCES rounds (id), 
	CONSTRAINT fk_raised_chances_pages FOREIGN KEY(document_id, page) REFERENCES pages (document_id, number)
);
CREATE TABLE recalibrations (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	version VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	record TEXT NOT NULL, 
	cases TEXT NOT NULL, 
	made_by VARCHAR NOT NULL, 
	made_at VARCHAR(32) NOT NULL, 
	CONSTRAINT uq_recalibrations_version UNIQUE (version)
);
CREATE TABLE reviewers (
	name VARCHAR NOT NULL, 
	turn INTEGER NOT NULL, 
	CONSTRAINT pk_reviewers PRIMARY KEY (name), 
	CONSTRAINT ck_reviewers_name CHECK (name <> '')
);
INSERT INTO "reviewers" VALUES('Ann',9);
INSERT INTO "reviewers" VALUES('Bob',8);
CREATE TABLE rounds (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	seed BIGINT NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	recalibration VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	threshold DOUBLE, 
	criteria_name VARCHAR NOT NULL, 
	shown INTEGER NOT NULL, 
	audit INTEGER NOT NULL, 
	uncertainty INTEGER NOT NULL, 
	twice DOUBLE NOT NULL, 
	whole BOOLEAN NOT NULL, 
	cases TEXT NOT NULL, 
	frames TEXT NOT NULL, 
	tasks INTEGER NOT NULL, 
	judgements INTEGER NOT NULL, 
	created_by VARCHAR NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	CONSTRAINT ck_rounds_threshold CHECK (threshold >= 0 AND threshold <= 1), 
	CONSTRAINT ck_rounds_twice CHECK (twice >= 0 AND twice <= 1), 
	CONSTRAINT ck_rounds_plan CHECK (shown >= 0 AND audit >= 0 AND uncertainty >= 0), 
	CONSTRAINT ck_rounds_size CHECK (tasks >= 0 AND judgements >= tasks)
);
INSERT INTO "rounds" VALUES(1,1099511627776,'cd8a63453bb66f03','01234567','probability>=0.5 & top10',0.5,'Knee MRI',60,120,20,0.1,0,'[1]','["ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"]',2,2,'Ann','2026-11-02T12:00:00.123456+00:00');
CREATE TABLE sampling_seed (
	id INTEGER NOT NULL, 
	seed BIGINT NOT NULL, 
	CONSTRAINT pk_sampling_seed PRIMARY KEY (id), 
	CONSTRAINT ck_sampling_seed_single CHECK (id = 1)
);
INSERT INTO "sampling_seed" VALUES(1,7);
CREATE TABLE scorer_checks (
	fingerprint VARCHAR NOT NULL, 
	sends_text_to VARCHAR NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	problem VARCHAR NOT NULL, 
	CONSTRAINT pk_scorer_checks PRIMARY KEY (fingerprint, sends_text_to)
);
INSERT INTO "scorer_checks" VALUES('b235c9d5a075b8d4','models.example','2026-11-02T12:00:00.123456+00:00','');
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
INSERT INTO "sightings" VALUES(1,1,1,2,'Ann','A fax of a form.','2026-11-02T12:00:00.123456+00:00');
CREATE TABLE tasks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	round_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	page INTEGER NOT NULL, 
	criterion VARCHAR NOT NULL, 
	arm VARCHAR NOT NULL, 
	inclusion_probability DOUBLE, 
	twice BOOLEAN NOT NULL, 
	score DOUBLE, 
	probability DOUBLE, 
	CONSTRAINT ck_tasks_arm CHECK (arm IN ('shown', 'audit', 'uncertainty', 'found')), 
	CONSTRAINT ck_tasks_inclusion_probability CHECK (inclusion_probability > 0 AND inclusion_probability <= 1), 
	CONSTRAINT ck_tasks_score CHECK (score >= 0 AND score <= 1), 
	CONSTRAINT ck_tasks_probability CHECK (probability >= 0 AND probability <= 1), 
	CONSTRAINT fk_tasks_rounds FOREIGN KEY(round_id) REFERENCES rounds (id), 
	CONSTRAINT fk_tasks_case_documents FOREIGN KEY(case_id, document_id) REFERENCES case_documents (case_id, document_id), 
	CONSTRAINT fk_tasks_pages FOREIGN KEY(document_id, page) REFERENCES pages (document_id, number)
);
INSERT INTO "tasks" VALUES(1,1,1,1,1,'c1','audit',0.1,0,3.33333333333333314829e-01,0.25);
INSERT INTO "tasks" VALUES(2,1,1,1,3,'c1','audit',0.1,0,3.33333333333333314829e-01,0.25);
CREATE TABLE texts (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_texts PRIMARY KEY (id), 
	CONSTRAINT uq_texts_key UNIQUE ("key")
);
INSERT INTO "texts" VALUES(1,'t');
INSERT INTO "texts" VALUES(2,'u');
CREATE INDEX ix_decisions_case_id_criterion_id ON decisions (case_id, criterion, id);
CREATE INDEX ix_audit_case_id ON audit (case_id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE UNIQUE INDEX ix_case_documents_case_id_place ON case_documents (case_id, place) WHERE replaced_by IS NULL;
CREATE INDEX ix_sightings_case_id_document_id_page_reviewer_id ON sightings (case_id, document_id, page, reviewer, id);
CREATE TRIGGER sightings_no_update BEFORE UPDATE ON sightings BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;
CREATE TRIGGER sightings_no_delete BEFORE DELETE ON sightings BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;
CREATE TRIGGER sightings_no_replace BEFORE INSERT ON sightings WHEN EXISTS (SELECT 1 FROM sightings WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;
CREATE INDEX ix_tasks_round_id_id ON tasks (round_id, id);
CREATE INDEX ix_tasks_case_id_document_id ON tasks (case_id, document_id);
CREATE INDEX ix_publications_fingerprint_criteria_name_id ON publications (fingerprint, criteria_name, id);
CREATE INDEX ix_labels_case_id_criterion_document_id_page_reviewer_id ON labels (case_id, criterion, document_id, page, reviewer, id);
CREATE INDEX ix_labels_task_id_reviewer_id ON labels (task_id, reviewer, id);
CREATE TRIGGER labels_no_update BEFORE UPDATE ON labels BEGIN SELECT RAISE(ABORT, 'labels is append-only'); END;
CREATE TRIGGER labels_no_delete BEFORE DELETE ON labels BEGIN SELECT RAISE(ABORT, 'labels is append-only'); END;
CREATE TRIGGER labels_no_replace BEFORE INSERT ON labels WHEN EXISTS (SELECT 1 FROM labels WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'labels is append-only'); END;
CREATE TRIGGER sampling_seed_no_update BEFORE UPDATE ON sampling_seed BEGIN SELECT RAISE(ABORT, 'sampling_seed is append-only'); END;
CREATE TRIGGER sampling_seed_no_delete BEFORE DELETE ON sampling_seed BEGIN SELECT RAISE(ABORT, 'sampling_seed is append-only'); END;
CREATE TRIGGER sampling_seed_no_replace BEFORE INSERT ON sampling_seed WHEN EXISTS (SELECT 1 FROM sampling_seed WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'sampling_seed is append-only'); END;
CREATE TRIGGER rounds_no_update BEFORE UPDATE ON rounds BEGIN SELECT RAISE(ABORT, 'rounds is append-only'); END;
CREATE TRIGGER rounds_no_delete BEFORE DELETE ON rounds BEGIN SELECT RAISE(ABORT, 'rounds is append-only'); END;
CREATE TRIGGER rounds_no_replace BEFORE INSERT ON rounds WHEN EXISTS (SELECT 1 FROM rounds WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rounds is append-only'); END;
CREATE TRIGGER tasks_no_update BEFORE UPDATE ON tasks BEGIN SELECT RAISE(ABORT, 'tasks is append-only'); END;
CREATE TRIGGER tasks_no_delete BEFORE DELETE ON tasks BEGIN SELECT RAISE(ABORT, 'tasks is append-only'); END;
CREATE TRIGGER tasks_no_replace BEFORE INSERT ON tasks WHEN EXISTS (SELECT 1 FROM tasks WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'tasks is append-only'); END;
CREATE TRIGGER raised_chances_no_update BEFORE UPDATE ON raised_chances BEGIN SELECT RAISE(ABORT, 'raised_chances is append-only'); END;
CREATE TRIGGER raised_chances_no_delete BEFORE DELETE ON raised_chances BEGIN SELECT RAISE(ABORT, 'raised_chances is append-only'); END;
CREATE TRIGGER raised_chances_no_replace BEFORE INSERT ON raised_chances WHEN EXISTS (SELECT 1 FROM raised_chances WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'raised_chances is append-only'); END;
CREATE TRIGGER recalibrations_no_update BEFORE UPDATE ON recalibrations BEGIN SELECT RAISE(ABORT, 'recalibrations is append-only'); END;
CREATE TRIGGER recalibrations_no_delete BEFORE DELETE ON recalibrations BEGIN SELECT RAISE(ABORT, 'recalibrations is append-only'); END;
CREATE TRIGGER recalibrations_no_replace BEFORE INSERT ON recalibrations WHEN EXISTS (SELECT 1 FROM recalibrations WHERE id = NEW.id OR version = NEW.version) BEGIN SELECT RAISE(ABORT, 'recalibrations is append-only'); END;
CREATE TRIGGER certificates_no_update BEFORE UPDATE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates is append-only'); END;
CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates is append-only'); END;
CREATE TRIGGER certificates_no_replace BEFORE INSERT ON certificates WHEN EXISTS (SELECT 1 FROM certificates WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'certificates is append-only'); END;
CREATE TRIGGER publications_no_update BEFORE UPDATE ON publications BEGIN SELECT RAISE(ABORT, 'publications is append-only'); END;
CREATE TRIGGER publications_no_delete BEFORE DELETE ON publications BEGIN SELECT RAISE(ABORT, 'publications is append-only'); END;
CREATE TRIGGER publications_no_replace BEFORE INSERT ON publications WHEN EXISTS (SELECT 1 FROM publications WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'publications is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('cases',2);
INSERT INTO "sqlite_sequence" VALUES('labels',4);
INSERT INTO "sqlite_sequence" VALUES('decisions',4);
INSERT INTO "sqlite_sequence" VALUES('sightings',1);
INSERT INTO "sqlite_sequence" VALUES('rounds',1);
INSERT INTO "sqlite_sequence" VALUES('tasks',2);
COMMIT;
