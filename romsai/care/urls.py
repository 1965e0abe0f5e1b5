"""Addresses of plans, referrals, transfers, placements and follow-ups. Records go by UUID."""

from django.urls import path

from romsai.care.views import life, plan, referral, transfer

app_name = "care"
urlpatterns = [
    path("<uuid:case>/plan/", plan.PlanPage.as_view(), name="plan"),
    path("<uuid:case>/plan/version/<uuid:version>/", plan.PlanPage.as_view(), name="plan_version"),
    path("<uuid:case>/plan/start/", plan.StartPlan.as_view(), name="start_plan"),
    path("<uuid:case>/plan/child/", plan.ChildView.as_view(), name="child_view"),
    path("<uuid:case>/plan/action/", plan.AddAction.as_view(), name="add_action"),
    path("<uuid:case>/plan/action/<uuid:action>/", plan.EditAction.as_view(), name="edit_action"),
    path("<uuid:case>/plan/action/<uuid:action>/state/", plan.UpdateAction.as_view(), name="update_action"),
    path("<uuid:case>/plan/goal/<uuid:goal>/", plan.EditGoal.as_view(), name="goal"),
    path("<uuid:case>/plan/goal/<uuid:goal>/leave-out/", plan.DropGoal.as_view(), name="drop_goal"),
    path("<uuid:case>/plan/goal/<uuid:goal>/met/", plan.JudgeGoal.as_view(), name="judge_goal"),
    path("<uuid:case>/plan/concern/<uuid:concern>/", plan.LeaveOut.as_view(), name="leave_out"),
    path("<uuid:case>/plan/send/", plan.SubmitPlan.as_view(), name="submit_plan"),
    path("<uuid:case>/review/", plan.Review.as_view(), name="review"),
    path("<uuid:case>/refer/", referral.Providers.as_view(), name="providers"),
    path("<uuid:case>/refer/<uuid:facility>/<slug:service>/", referral.Refer.as_view(), name="refer"),
    path("<uuid:case>/transfer/", transfer.OfferTransfer.as_view(), name="offer_transfer"),
    path("<uuid:case>/transfer/take-back/", transfer.TakeBackTransfer.as_view(), name="take_back_transfer"),
    path("<uuid:case>/leave/", transfer.LeaveSystem.as_view(), name="leave_system"),
    path("<uuid:case>/leave/take-back/", transfer.TakeBackDeparture.as_view(), name="take_back_departure"),
    path("<uuid:case>/leave/receipt/", transfer.RecordReceipt.as_view(), name="receipt"),
    path("<uuid:case>/placement/", life.Place.as_view(), name="place"),
    path("<uuid:case>/placement/<uuid:placement>/end/", life.EndPlacement.as_view(), name="end_placement"),
    path("<uuid:case>/follow-ups/", life.Schedule.as_view(), name="schedule"),
    path("<uuid:case>/follow-ups/<uuid:follow_up>/", life.RecordFollowUp.as_view(), name="follow_up"),
    path("<uuid:case>/conference/", life.HoldConference.as_view(), name="conference"),
    path("referrals/", referral.Inbox.as_view(), name="inbox"),
    path("referrals/<uuid:referral>/", referral.ReferralPage.as_view(), name="referral"),
    path("referrals/<uuid:referral>/answer/", referral.AnswerReferral.as_view(), name="answer_referral"),
    path("referrals/<uuid:referral>/note/", referral.WriteServiceNote.as_view(), name="service_note"),
    path("referrals/<uuid:referral>/incident/", referral.RaiseIncident.as_view(), name="incident"),
    path("referrals/<uuid:referral>/finish/", referral.CompleteReferral.as_view(), name="complete_referral"),
    path("referrals/<uuid:referral>/close/", referral.CloseReferral.as_view(), name="close_referral"),
    path("referrals/<uuid:referral>/take-back/", referral.CancelReferral.as_view(), name="cancel_referral"),
    path("shares/<uuid:share>/decide/", referral.DecideWithdrawal.as_view(), name="decide_withdrawal"),
    path("transfers/", transfer.Offers.as_view(), name="offers"),
    path("transfers/<uuid:transfer>/", transfer.AcceptTransfer.as_view(), name="transfer"),
    path("transfers/<uuid:transfer>/decline/", transfer.DeclineTransfer.as_view(), name="decline_transfer"),
]
