-- What is on its way in stands in files beside the store.
DROP TABLE staged;
DELETE FROM meta WHERE key LIKE 'snapshot %';
