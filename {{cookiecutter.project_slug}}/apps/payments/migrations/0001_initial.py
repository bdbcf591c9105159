import background.models
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('jobs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PayoutAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(help_text='As the payment gateway calls it, such as acct_1234.', max_length=255)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payout_account', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('PENDING', 'Pending'), ('PROCESSING', 'Processing'), ('COMPLETE', 'Complete'), ('FAILED', 'Failed')], default='PENDING', max_length=10)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('crashes', models.PositiveIntegerField(default=0)),
                ('dispatches', models.PositiveIntegerField(default=0)),
                ('deferrals', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField(blank=True, default=background.models.first_look, null=True)),
                ('ready_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('progress_current', models.PositiveIntegerField(default=0)),
                ('progress_total', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('amount', models.PositiveIntegerField(help_text='In the minor unit, such as cents.')),
                ('currency', models.CharField(max_length=3)),
                ('idempotency_key', models.CharField(max_length=255)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('refusals', models.PositiveIntegerField(default=0)),
                ('card', models.CharField(help_text="The gateway's token for it.", max_length=255)),
                ('charge_id', models.CharField(blank=True, max_length=255)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='jobs.job')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
                'abstract': False,
                'indexes': [models.Index(fields=['status', 'due_at'], name='payment_due')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'idempotency_key'), name='payment_once'), models.UniqueConstraint(condition=models.Q(('status__in', ('PENDING', 'PROCESSING')), models.Q(('asked_at__isnull', False), ('status', 'FAILED')), _connector='OR'), fields=('job',), name='payment_undecided')],
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('PENDING', 'Pending'), ('PROCESSING', 'Processing'), ('COMPLETE', 'Complete'), ('FAILED', 'Failed')], default='PENDING', max_length=10)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('crashes', models.PositiveIntegerField(default=0)),
                ('dispatches', models.PositiveIntegerField(default=0)),
                ('deferrals', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField(blank=True, default=background.models.first_look, null=True)),
                ('ready_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('progress_current', models.PositiveIntegerField(default=0)),
                ('progress_total', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('amount', models.PositiveIntegerField(help_text='In the minor unit, such as cents.')),
                ('currency', models.CharField(max_length=3)),
                ('idempotency_key', models.CharField(max_length=255)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('refusals', models.PositiveIntegerField(default=0)),
                ('account', models.CharField(max_length=255)),
                ('reason', models.CharField(max_length=200)),
                ('transfer_id', models.CharField(blank=True, max_length=255)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
                'abstract': False,
                'indexes': [models.Index(fields=['status', 'due_at'], name='payout_due')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'idempotency_key'), name='payout_once')],
            },
        ),
    ]
