import { createConnection, type Connection } from 'mysql2/promise';

export type MySqlAccess = {
  host: string;
  port: number;
  socket: string;
  user: string;
  password: string;
  collation: string;
  /** Of the server, without a database. */
  url: string;
};

export async function withConnection<T>(mysql: MySqlAccess, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { host, port, user, password } = mysql;
  const connection = await createConnection({ host, port, user, password, connectTimeout: 5000 });
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

export function databaseUrl(mysql: MySqlAccess, database: string): string {
  return new URL(`/${database}`, mysql.url).href;
}

export async function createDatabase(mysql: MySqlAccess, database: string): Promise<string> {
  await withConnection(mysql, async (connection) => {
    await connection.query(`CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE ${mysql.collation}`, [database]);
  });
  return databaseUrl(mysql, database);
}

export async function dropDatabase(mysql: MySqlAccess, database: string): Promise<void> {
  await withConnection(mysql, async (connection) => {
    await connection.query('DROP DATABASE IF EXISTS ??', [database]);
  });
}
