import PushSender

/// What is particular about a stored model.
protocol LoopBackModelRules: Sendable {
    var model: LoopBackModel { get }
    /// What nobody is shown.
    var hidden: Set<String> { get }

    /// Whether a caller may write, read or remove an object. The others' objects aren't theirs to look for.
    func check(_ caller: LoopBackCaller, _ object: LoopBackValue) throws(LoopBackError)
    /// The model's own routes, which come before those that all have.
    /// - Returns: a query; nil for what is no such route.
    func query(_ request: LoopBackRequest) throws(LoopBackError) -> RecordCondition?

    /// What comes in, made fit to be kept; may have consequences elsewhere, and is called right before the write.
    /// - Parameters:
    ///   - incoming: all that there is of a new or replaced object; of a changed one only the changes.
    ///   - previous: the object as it is kept; nil for a new one.
    func prepared(
        _ incoming: LoopBackValue, _ id: RecordID, isWhole: Bool, instead previous: LoopBackValue?
    ) async throws -> LoopBackPrepared
    /// What is known of the App that an object belongs to.
    func surroundings(of object: LoopBackValue) async throws -> LoopBackSurroundings
    /// Runs inside of transactions.
    func device(_ object: LoopBackValue, _ surroundings: LoopBackSurroundings) -> RecordDevice?
    /// A record that is the same thing as a new object.
    func twin(of object: LoopBackValue) -> RecordCondition?
    /// - Parameter id: as the client wants it.
    /// - Throws: ``LoopBackError`` for one that can't be.
    func newID(_ id: LoopBackValue?) throws(LoopBackError) -> RecordID
    /// After a write.
    func written(_ prepared: LoopBackPrepared, _ id: RecordID) async throws
    func removed(_ object: LoopBackValue, _ id: RecordID) async throws
}

/// An object that can be kept.
struct LoopBackPrepared: Sendable {
    var kept: LoopBackValue
    /// Whether what others make of the object's surroundings changes with it.
    var changesSurroundings = false
    /// Members that only the answer to this write shows.
    var shownOnce = LoopBackValue.emptyObject
}

/// What a token means depends on it.
struct LoopBackSurroundings: Sendable, Hashable {
    var apnsEnvironment = ProviderEnvironment.production
}

extension LoopBackModelRules {
    var hidden: Set<String> { [] }
    func query(_ request: LoopBackRequest) throws(LoopBackError) -> RecordCondition? { nil }
    func prepared(
        _ incoming: LoopBackValue, _ id: RecordID, isWhole: Bool, instead previous: LoopBackValue?
    ) async throws -> LoopBackPrepared {
        LoopBackPrepared(kept: incoming)
    }
    func surroundings(of object: LoopBackValue) async throws -> LoopBackSurroundings { LoopBackSurroundings() }
    func device(_ object: LoopBackValue, _ surroundings: LoopBackSurroundings) -> RecordDevice? { nil }
    func twin(of object: LoopBackValue) -> RecordCondition? { nil }
    func written(_ prepared: LoopBackPrepared, _ id: RecordID) async throws {}
    func removed(_ object: LoopBackValue, _ id: RecordID) async throws {}
}

/// Notifications as a model: rows that nothing is done with.
struct LoopBackNotificationRules: LoopBackModelRules {
    let parts: LoopBackParts
    let model = LoopBackModel.notification

    func check(_ caller: LoopBackCaller, _ object: LoopBackValue) throws(LoopBackError) { try caller.requireEverything() }
    func newID(_ id: LoopBackValue?) -> RecordID { parts.ids.next() }
}
