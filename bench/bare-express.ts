import express from 'express';
import mysql from 'mysql2/promise';

/** The baseline: Express 5, one route, one INSERT of the bytes that came. No check of any kind. Runs as a process of its own, as the hub does. */
const pool = mysql.createPool({ uri: process.env['BENCH_DATABASE_URL'] ?? '', connectionLimit: 20 });
await pool.query(
  'CREATE TABLE IF NOT EXISTS bare (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, body longblob NOT NULL) ENGINE=InnoDB',
);
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.post('/hook', express.raw({ type: () => true, limit: '5mb' }), async (req, res) => {
  await pool.execute('INSERT INTO bare (body) VALUES (?)', [req.body]);
  res.status(202).json({ ok: true });
});
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.once('disconnect', () => process.exit(0));
