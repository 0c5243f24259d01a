"""Who took a fee at a counter, and how it was paid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_seals")]

    operations = [
        migrations.AddField(
            "paymentintent", "taken_by", models.CharField(blank=True, max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "paymentintent", "taken_how", models.CharField(blank=True, max_length=10, default=""),
            preserve_default=False,
        ),
    ]  # fmt: skip
