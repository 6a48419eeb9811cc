use super::*;

fn service(name: &str, needs: &[&str], wave: Option<u32>) -> FleetService {
    let service = FleetService::new("prod", name).needs(needs.iter().copied());
    FleetService { wave, ..service }
}

#[test]
fn a_service_waits_for_what_it_needs_and_for_earlier_waves() {
    let order =
        Order::of(&[service("web", &["api"], None), service("api", &[], None), service("eu", &[], Some(3))]).unwrap();
    let before = |at: usize| order.before(at).collect::<Vec<_>>();
    assert_eq!([before(0), before(1), before(2)], [vec![1], vec![], vec![0, 1]]);
    assert_eq!(order.after(1).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(order.wave_of(0).collect::<Vec<_>>(), [0, 1]);
    assert!(order.waits(0) && !order.waits(1) && order.is_in_earlier_wave(0, 2) && !order.is_in_earlier_wave(0, 1));
}

#[test]
fn what_cannot_be_an_order_is_said_with_its_place() {
    for (services, expected) in [
        (
            vec![service("web", &["ap"], None), service("api", &[], None)],
            vec!["services[0].needs[0]: no service is called \"ap\": did you mean \"api\"?"],
        ),
        (vec![service("web", &["api"], None)], vec!["services[0].needs[0]: no service is called \"api\""]),
        (vec![service("web", &["web"], None)], vec!["services[0].needs[0]: a service cannot need itself"]),
        (
            vec![
                service("a", &["b"], None),
                service("b", &["x", "c"], None),
                service("c", &["a"], None),
                service("x", &[], None),
            ],
            vec!["services[0].needs[0]: \"a\", \"b\", \"c\" need each other in a circle"],
        ),
        (
            vec![service("a", &[], None), service("b", &["c"], None), service("c", &["b"], None)],
            vec!["services[1].needs[0]: \"b\", \"c\" need each other in a circle"],
        ),
        (
            vec![service("a", &["b"], None), service("b", &[], Some(2))],
            vec!["services[0].needs[0]: \"b\" is of wave 2, and this service of wave 1"],
        ),
        (vec![service("a", &[], Some(0))], vec!["services[0].wave: waves are counted from 1"]),
        (
            vec![service("a", &["b"], None), service("b", &[], None), service("b", &[], None)],
            vec!["services[0].needs[0]: services[1] and services[2] are both called \"b\""],
        ),
        (
            vec![service("a", &["x", "y"], None)],
            vec![
                "services[0].needs[0]: no service is called \"x\"",
                "services[0].needs[1]: no service is called \"y\"",
            ],
        ),
    ] {
        let errors: Vec<String> = Order::of(&services).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), expected.len(), "{errors:?}");
        for (error, expected) in errors.iter().zip(expected) {
            assert!(error.contains(expected), "{error}");
        }
    }
}
