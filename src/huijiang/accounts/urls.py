"""Signing in, one's own account, and the administrators' pages."""

from __future__ import annotations

from django.urls import path

from huijiang.accounts import (
    views_account,
    views_audit,
    views_grants,
    views_jobs,
    views_regions,
    views_sign_in,
    views_state,
    views_users,
)

urlpatterns = [
    path("sign-in/", views_sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", views_sign_in.code, name="code"),
    path("sign-in/set-up/", views_sign_in.enrol, name="enrol"),
    path("sign-in/password/", views_sign_in.new_password, name="new_password"),
    path("sign-out/", views_sign_in.sign_out, name="sign_out"),
    path("account/", views_account.account, name="account"),
    path("account/sign-ins/", views_account.sign_ins, name="sign_ins"),
    path("account/password/", views_account.password, name="password"),
    path("account/recovery-codes/", views_account.recovery_codes, name="recovery_codes"),
    path("account/phone/", views_account.phone, name="phone"),
    path("account/phone/<uuid:uid>/", views_account.phone_code, name="phone_code"),
    path("admin-ops/users/", views_users.users, name="users"),
    path("admin-ops/users/new/", views_users.new_user, name="new_user"),
    path("admin-ops/users/<uuid:uid>/", views_users.user, name="user"),
    path("admin-ops/users/<uuid:uid>/close/", views_users.close_user, name="close_user"),
    path("admin-ops/users/<uuid:uid>/reopen/", views_users.reopen_user, name="reopen_user"),
    path("admin-ops/users/<uuid:uid>/unlock/", views_users.unlock_user, name="unlock_user"),
    path("admin-ops/users/<uuid:uid>/password/", views_users.reset_password, name="reset_password"),
    path("admin-ops/users/<uuid:uid>/second-factor/", views_users.reset_factor, name="reset_factor"),
    path("admin-ops/grants/", views_grants.grants, name="grants"),
    path("admin-ops/grants/new/", views_grants.new_grant, name="new_grant"),
    path("admin-ops/grants/<int:pk>/end/", views_grants.end_grant, name="end_grant"),
    path("admin-ops/jobs/", views_jobs.jobs, name="jobs"),
    path("admin-ops/jobs/<uuid:uid>/", views_jobs.job, name="job"),
    path("admin-ops/jobs/<uuid:uid>/cancel/", views_jobs.cancel_job, name="cancel_job"),
    path("admin-ops/jobs/<uuid:uid>/again/", views_jobs.run_again, name="run_again"),
    path("admin-ops/audit/", views_audit.events, name="events"),
    path("admin-ops/audit/export.csv", views_audit.export, name="export_events"),
    path("admin-ops/audit/verify/", views_audit.verify, name="verify_events"),
    path("admin-ops/audit/verification/", views_audit.verification, name="verification"),
    path("admin-ops/sign-ins/", views_audit.sign_in_log, name="sign_in_log"),
    path("admin-ops/state/", views_state.state, name="state"),
    path("admin-ops/regions/", views_regions.regions, name="regions"),
]
