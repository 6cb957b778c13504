public import JSON

/// In which words something is to be sent, as it was asked for.
public struct WordingRequest: Sendable {
    /// With its name.
    public var template: StoredTemplate?
    /// Beside a template: what wins over it, as it is.
    public var notification: Notification
    /// The notification's own texts, and those of the locales, are templates.
    public var isPersonal: Bool
    public var variables: [String: JSONValue]
    public var locales: [String: Notification]

    public init(
        template: StoredTemplate? = nil, notification: Notification = Notification(), isPersonal: Bool = false,
        variables: [String: JSONValue] = [:], locales: [String: Notification] = [:]
    ) {
        self.template = template
        self.notification = notification
        self.isPersonal = isPersonal
        self.variables = variables
        self.locales = locales
    }

    /// A notification to be sent as it is.
    var isPlain: Bool { template == nil && !isPersonal && variables.isEmpty && locales.isEmpty }
}

/// Words that may be sent.
public struct AcceptedWords: Sendable, Hashable {
    /// For ``Push/notification``.
    public let notification: Notification
    /// For ``PushOptions/wording``; nil when everybody gets the same.
    public let wording: Wording?
    /// What it comes to in each locale for somebody of whom nothing is known: to be shown to providers before anything is accepted.
    public let drafts: [Notification]
}
