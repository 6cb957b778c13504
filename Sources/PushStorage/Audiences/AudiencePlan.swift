import PushSender

/// Where to look for the devices of which a condition is true, so that few others' rows are read.
///
/// The condition is true of a device exactly if one of the drivers finds it and the rest is true of it.
struct AudiencePlan {
    /// Nil where there is no such place: every device must be asked.
    let drivers: [AudienceDriver]?
    let rest: AudienceCondition

    init(_ condition: AudienceCondition) {
        switch condition {
        case .term(let term):
            let driver = AudienceDriver(term)
            self.init(drivers: driver.map { [$0] }, rest: driver == nil ? condition : .always)
        case .not: self.init(drivers: nil, rest: condition)
        case .all(let parts): self.init(all: parts)
        case .any(let parts): self.init(any: parts)
        }
    }

    private init(drivers: [AudienceDriver]?, rest: AudienceCondition) {
        self.drivers = drivers
        self.rest = rest
    }

    /// Looks where the fewest are likely to be found.
    private init(all parts: [AudienceCondition]) {
        let plans = parts.map(AudiencePlan.init)
        let best = plans.indices.filter { plans[$0].drivers != nil }.min { plans[$0].cost < plans[$1].cost }
        guard let best else {
            self.init(drivers: nil, rest: .all(parts))
            return
        }
        let others = parts.indices.filter { $0 != best }.map { parts[$0] }
        self.init(drivers: plans[best].drivers, rest: .allOf([plans[best].rest] + others))
    }

    private init(any parts: [AudienceCondition]) {
        let plans = parts.map(AudiencePlan.init)
        let drivers = plans.compactMap(\.drivers)
        let isSure = plans.allSatisfy { $0.rest == .always }
        self.init(
            drivers: drivers.count == parts.count ? AudienceDriver.merged(drivers.flatMap { $0 }) : nil,
            rest: isSure && drivers.count == parts.count ? .always : .any(parts))
    }

    private var cost: Int { drivers.map { $0.reduce(0) { $0 + $1.cost } } ?? .max }

    /// Whether it finds but few devices, all of them by their names.
    var isNamed: Bool { drivers?.allSatisfy(\.isNamed) ?? false }
}
