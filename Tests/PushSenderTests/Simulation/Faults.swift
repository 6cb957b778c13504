/// What may go wrong in one run. Each seed draws its own mixture: what is rare among many troubles shows where it is the only one.
struct Faults: CustomStringConvertible {
    let kills: Bool
    /// Nodes stand still for longer than their leases, and go on.
    let pauses: Bool
    /// Nodes stop in good order, and others begin.
    let shutdowns: Bool
    /// Commits that take effect, or not, and nobody hears which.
    let lostAnswers: Bool
    let storeOutages: Bool
    /// Attempts that land long after their page was recorded.
    let stragglers: Bool
    /// Devices register, register again and are removed.
    let deviceChanges: Bool
    /// Devices turn out to live in the provider's other environment.
    let laneChanges: Bool
    /// Pushes that don't suit every device of their audience.
    let pickyPushes: Bool
    /// Far sides that throttle, fail, refuse our credentials, or call tokens dead.
    let troubledFarSides: Bool

    init(_ random: inout some RandomNumberGenerator) {
        kills = Bool.random(using: &random)
        pauses = Bool.random(using: &random)
        shutdowns = Bool.random(using: &random)
        lostAnswers = Bool.random(using: &random)
        storeOutages = Bool.random(using: &random)
        stragglers = Bool.random(using: &random)
        deviceChanges = Bool.random(using: &random)
        laneChanges = Bool.random(using: &random)
        pickyPushes = Bool.random(using: &random)
        troubledFarSides = Bool.random(using: &random)
    }

    var description: String {
        Mirror(reflecting: self).children.filter { $0.value as? Bool == true }.compactMap(\.label).joined(separator: ", ")
    }
}
