import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** For tests on this machine only: the schema dump that starts in seconds was made with these. */
export const TOKEN_V2 = 'nbt_ciKeyCiKey01.ciSecretciSecretciSecretciSecretciSecret';
export const TOKEN_V1 = '0123456789abcdef0123456789abcdef01234567';

export interface Ports {
  web: number;
  postgres: number;
  redis: number;
}

/** NetBox's and gunicorn's configuration under NETBOX_ROOT. */
export function writeConfiguration(folder: string, ports: Ports): void {
  for (const name of ['conf', 'media', 'scripts', 'reports', 'static'])
    mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(
    path.join(folder, 'conf', 'configuration.py'),
    `ALLOWED_HOSTS = ['*']
DATABASES = {'default': {'NAME': 'netbox', 'USER': 'netbox', 'PASSWORD': 'netbox', 'HOST': '127.0.0.1', 'PORT': '${ports.postgres}', 'CONN_MAX_AGE': 300, 'CONN_HEALTH_CHECKS': True}}
REDIS = {k: {'HOST': '127.0.0.1', 'PORT': ${ports.redis}, 'DATABASE': n} for n, k in enumerate(('tasks', 'caching'))}
SECRET_KEY = 'ci-only-not-secret-' + 'x' * 50
API_TOKEN_PEPPERS = {1: 'ci-only-not-secret-pepper-' + 'p' * 50}  # without it only version 1 tokens work
CENSUS_REPORTING_ENABLED = False
ISOLATED_DEPLOYMENT = True
RELEASE_CHECK_URL = None
WEBHOOK_DEFAULT_TIMEOUT = 10
QUEUE_MAPPINGS = {'webhook': 'high'}  # else webhooks wait behind one search-index job per saved object
LOGGING = {}
`,
  );
  writeFileSync(
    path.join(folder, 'conf', 'gunicorn.py'),
    `preload_app = True
keepalive = 75


def when_ready(server):  # build the URLconf once before forking; keep the big heap out of the garbage collector
    import gc
    from django.db import connections
    from django.urls import get_resolver
    get_resolver().url_patterns
    connections.close_all()
    gc.collect()
    gc.freeze()
`,
  );
}

/** One Django start: migrations, an administrator, and the two tokens. */
export const MIGRATE = `
import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'netbox.settings'
import django; django.setup()
from django.core.management import call_command
call_command('migrate', interactive=False, verbosity=1)
from users.models import User, Token
u, _ = User.objects.get_or_create(username='admin', defaults=dict(is_superuser=True, is_active=True, email='a@example.invalid'))
u.set_password('Admin-password-1'); u.save()
Token(version=1, user=u, token='${TOKEN_V1}', description='ci v1').save()
Token(version=2, user=u, key='${TOKEN_V2.slice(4, 16)}', token='${TOKEN_V2.slice(17)}', description='ci v2').save()
`;
