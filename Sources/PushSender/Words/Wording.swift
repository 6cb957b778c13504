public import JSON

/// How a push's notification differs from device to device: kept with the push, as everything was when it was accepted. A push whose
/// texts are the same for everybody has none.
public struct Wording: Sendable, Hashable, Codable {
    /// What devices of a locale get instead, field by field, by ``LocaleTag/name``.
    public let locales: [String: Notification]
    /// The texts are templates, and these the values of their variables. Nil: texts are sent as they are, whatever they hold.
    public let variables: [String: JSONValue]?
    /// What is said beside a template, as it is: it wins, in every locale.
    public let beside: Notification?

    public init(locales: [String: Notification] = [:], variables: [String: JSONValue]? = nil, beside: Notification? = nil) {
        self.locales = locales
        self.variables = variables
        self.beside = beside
    }

    /// Whether who gets it must be known, beside where it goes.
    public var needsProfiles: Bool { variables != nil || !locales.isEmpty }

    /// The push's notification, with what locales say instead; `chain` names them, the nearest first.
    func localized(_ notification: Notification, _ chain: [String]) -> Notification {
        chain.reversed().compactMap { locales[$0] }.reduce(notification) { $0.overridden(by: $1) }
    }
}
