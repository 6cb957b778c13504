/// What may go wrong in one run. Each seed draws its own mixture: what is rare among many troubles shows where it is the only one.
struct ServiceFaults: CustomStringConvertible {
    var nodeDeaths = false
    var hangUps = false
    /// The server doesn't notice that a user agent has gone: the old connection lives on beside the new one.
    var halfOpenConnections = false
    var storeOutages = false
    /// Commits that take effect, or not, and nobody hears which.
    var lostAnswers = false
    var lostNews = false
    var repeatedNews = false
    var reorderedNews = false
    /// What came over one connection is acknowledged on the next.
    var lateAcks = false

    static let none = ServiceFaults()

    private init() {}

    init(_ random: inout some RandomNumberGenerator) {
        nodeDeaths = Bool.random(using: &random)
        hangUps = Bool.random(using: &random)
        halfOpenConnections = Bool.random(using: &random)
        storeOutages = Bool.random(using: &random)
        lostAnswers = Bool.random(using: &random)
        lostNews = Bool.random(using: &random)
        repeatedNews = Bool.random(using: &random)
        reorderedNews = Bool.random(using: &random)
        lateAcks = Bool.random(using: &random)
    }

    var description: String {
        Mirror(reflecting: self).children.filter { $0.value as? Bool == true }.compactMap(\.label).joined(separator: ", ")
    }
}
