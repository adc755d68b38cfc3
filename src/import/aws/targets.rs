//! What is described of load balancers.

/// A load balancer.
#[derive(Clone, Debug, Default)]
pub struct Balancer {
    /// Its ARN behind `loadbalancer/`, which the descriptions of its interfaces bear.
    pub path: String,
    /// `application`, `network`, `gateway`.
    pub kind: String,
}

/// Where a listener or a rule of one sends what comes in.
#[derive(Clone, Debug, Default)]
pub struct Actions {
    /// Target groups.
    pub groups: Vec<String>,
    /// An action that sends data elsewhere, or that nobody knows.
    pub other: Option<String>,
}

/// A listener.
#[derive(Clone, Debug, Default)]
pub struct Listener {
    /// The balancer.
    pub of: String,
    /// Services, as a document spells them; none: they are not known.
    pub services: Vec<String>,
    /// What becomes of what no rule is for.
    pub actions: Actions,
}

/// A rule of a listener.
#[derive(Clone, Debug, Default)]
pub struct ListenerRule {
    /// The listener's ARN behind `listener/`.
    pub of: String,
    /// What it does.
    pub actions: Actions,
}

/// A target group.
#[derive(Clone, Debug, Default)]
pub struct TargetGroup {
    /// Protocols of its targets, as a document spells them; none: they are not known.
    pub protocols: Vec<&'static str>,
    /// `instance`, `ip`, `lambda`, `alb`.
    pub kind: String,
}

/// A target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// An instance, an address, a balancer.
    pub id: String,
    /// Its port.
    pub port: Option<u16>,
}

/// A classic load balancer.
#[derive(Clone, Debug, Default)]
pub struct Classic {
    /// Its name, which the descriptions of its interfaces bear.
    pub name: String,
    /// The VPC that it is in.
    pub vpc: String,
    /// Its listeners, where they are described.
    pub listeners: Option<Vec<ClassicListener>>,
    /// Its targets, where they are described.
    pub instances: Option<Vec<String>>,
}

/// A listener of a classic load balancer.
#[derive(Clone, Debug)]
pub struct ClassicListener {
    /// The service that it takes, where it is known.
    pub service: Option<String>,
    /// The service of the instances, where it is known.
    pub to: Option<String>,
}
