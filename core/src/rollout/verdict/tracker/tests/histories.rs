//! Properties over random histories of looks.

use proptest::prelude::*;

use super::*;

/// How a deployment may really go: the looks from its beginning to its end, and the record at the end.
fn stories() -> Vec<(Vec<Value>, &'static str)> {
    let service = |deployments: Value| json!({"status": "ACTIVE", "deployments": deployments});
    let begun = service(json!([deployed(2, "PRIMARY", "IN_PROGRESS"), deployed(1, "ACTIVE", "COMPLETED")]));
    let back = json!([deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "FAILED")]);
    let next = json!([deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "IN_PROGRESS")]);
    let done = service(json!([deployed(2, "PRIMARY", "COMPLETED")]));
    let failed = service(json!([deployed(2, "PRIMARY", "FAILED"), deployed(1, "ACTIVE", "COMPLETED")]));
    vec![
        (vec![begun.clone(), done], "SUCCESSFUL"),
        (vec![begun.clone(), failed.clone()], "STOPPED"),
        (
            vec![begun.clone(), failed, service(back), service(json!([deployed(3, "PRIMARY", "COMPLETED")]))],
            "ROLLBACK_SUCCESSFUL",
        ),
        (vec![begun.clone(), service(next), service(json!([deployed(3, "PRIMARY", "COMPLETED")]))], "STOPPED"),
        (vec![begun.clone(), json!({"status": "DRAINING", "deployments": []})], "STOPPED"),
        (vec![begun], "IN_PROGRESS"),
    ]
}

/// What a look may show instead of the present state.
#[derive(Debug, Clone)]
enum Seen {
    State(usize),
    Empty,
    NoService,
    NoDeployments,
    UnknownWords,
    WithoutOurs(usize),
}

fn seen() -> impl Strategy<Value = Seen> {
    prop_oneof![
        6 => (0..4usize).prop_map(Seen::State),
        1 => Just(Seen::Empty),
        1 => Just(Seen::NoService),
        1 => Just(Seen::NoDeployments),
        1 => Just(Seen::UnknownWords),
        1 => (0..4usize).prop_map(Seen::WithoutOurs),
    ]
}

/// One step of a history: whether the truth advances, what a look shows, whether a question is answered, the pause before.
type Moment = (bool, Seen, bool, f64);

fn history() -> impl Strategy<Value = (usize, bool, Vec<Moment>)> {
    let step = (any::<bool>(), seen(), any::<bool>(), 0.0..20.0f64);
    (0..6usize, any::<bool>(), prop::collection::vec(step, 1..40))
}

fn shown(story: &[Value], truth: usize, seen: &Seen) -> Option<Value> {
    // A look shows the truth of now or of some time before: stale, repeated or out of order, never of the future.
    let past = |at: &usize| story[(*at).min(truth)].clone();
    Some(match seen {
        Seen::State(at) => past(at),
        Seen::Empty => json!({}),
        Seen::NoService => return None,
        Seen::NoDeployments => json!({"status": "ACTIVE", "deployments": []}),
        Seen::UnknownWords => {
            let text = past(&truth).to_string().replace("COMPLETED", "DONE_DEAL").replace("PRIMARY", "FIRST");
            serde_json::from_str(&text).unwrap()
        }
        Seen::WithoutOurs(at) => {
            let mut service = past(at);
            if let Some(list) = service["deployments"].as_array_mut() {
                list.retain(|deployment| deployment["id"] != "ecs-svc/2");
            }
            service
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// In any history of looks, success comes only once ours is live and complete, failure only if it never will be, and a conclusion
    /// never changes.
    #[test]
    fn success_never_comes_before_it_is_true((story, by_record, steps) in history()) {
        let (story, ending) = stories().swap_remove(story);
        let mut tracker = Tracker::new(ours());
        tracker.goes_by_record(by_record);
        let (mut truth, mut now, mut concluded) = (0, 0.0, None);
        for (moves, seen, answers, pause) in steps {
            now += pause;
            truth = (truth + usize::from(moves)).min(story.len() - 1);
            let is_over = truth == story.len() - 1;
            let look = shown(&story, truth, &seen).map(|service| ServiceView::of(&service));
            let mut next = tracker.look(look.as_ref(), look.is_none(), Duration::from_secs_f64(now));
            if next == Decision::Ask || by_record {
                let status = if is_over { ending } else { "IN_PROGRESS" };
                next = tracker.saw_service_deployment(answers.then(|| json!({"status": status})).as_ref(), Duration::from_secs_f64(now));
            }
            if let Some(concluded) = &concluded {
                prop_assert_eq!(&next, &Decision::End(Conclusion::clone(concluded)));
                continue;
            }
            if let Decision::End(conclusion) = next {
                if conclusion == Conclusion::Succeeded {
                    prop_assert!(is_over && ending == "SUCCESSFUL", "success of {ending}");
                }
                // A minute of absence without a reason counts as a rollback or a deletion; all else must be true.
                let is_by_absence = matches!(conclusion, Conclusion::RolledBack { reason: None } | Conclusion::Missing);
                prop_assert!(ending != "SUCCESSFUL" || conclusion == Conclusion::Succeeded || is_by_absence, "{conclusion:?}");
                prop_assert!(ending != "IN_PROGRESS" || is_by_absence, "{conclusion:?} of what still runs");
                concluded = Some(conclusion);
            }
        }
    }
}

/// A look that does not show the present of our deployment, and does not name it as ended.
fn odd() -> impl Strategy<Value = Option<Value>> {
    let list = |deployments: Value| Some(json!({"status": "ACTIVE", "deployments": deployments}));
    let back =
        json!([{"id": "e", "createdAt": 120.0, "message": "(service api) rolling back to deployment ecs-svc/1."}]);
    let mut with_event = json!({"status": "ACTIVE", "deployments": [deployed(3, "PRIMARY", "IN_PROGRESS")]});
    with_event["events"] = back;
    prop::sample::select(vec![
        None,
        Some(json!({})),
        Some(json!({"status": "INACTIVE", "deployments": []})),
        Some(json!({"status": "DRAINING", "deployments": [deployed(2, "PRIMARY", "IN_PROGRESS")]})),
        list(json!([])),
        list(json!([deployed(1, "PRIMARY", "COMPLETED")])),
        list(json!([deployed(1, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "IN_PROGRESS")])),
        list(json!([deployed(3, "PRIMARY", "IN_PROGRESS"), deployed(2, "ACTIVE", "IN_PROGRESS")])),
        list(json!([deployed(3, "PRIMARY", "COMPLETED")])),
        list(json!([deployed(2, "PRIMARY", "IN_PROGRESS"), deployed(1, "PRIMARY", "COMPLETED")])),
        Some(with_event),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// One look that does not name ours ends nothing, at any time, with or without an answer of the record.
    #[test]
    fn no_single_look_ends_the_wait(odd in odd(), at in 0..12u64, by_record: bool, answers: bool, pause in 1..20u64) {
        let usual = ServiceView::of(&json!({"status": "ACTIVE",
            "deployments": [deployed(2, "PRIMARY", "IN_PROGRESS"), deployed(1, "ACTIVE", "COMPLETED")]}));
        let odd = odd.map(|service| ServiceView::of(&service));
        let mut tracker = Tracker::new(ours());
        tracker.goes_by_record(by_record);
        for step in 0..12 {
            let now = Duration::from_secs(step * pause);
            let mut next = match (step == at, &odd) {
                (true, Some(odd)) => tracker.look(Some(odd), false, now),
                (true, None) => tracker.look(None, true, now),
                (false, _) => tracker.look(Some(&usual), false, now),
            };
            if next == Decision::Ask || by_record {
                next = tracker.saw_service_deployment(answers.then(|| json!({"status": "IN_PROGRESS"})).as_ref(), now);
            }
            prop_assert!(!matches!(next, Decision::End(_)), "{next:?}");
        }
    }
}
