/// The close codes (RFC 6455 §7.4) that a user agent heeds. All others are a lost connection like any.
enum CloseCode {
    /// The service restarts: come back, but not all at once.
    static let serviceRestart = 1012
    /// The service is overloaded: come back later.
    static let tryAgainLater = 1013
    /// Herald's: a newer connection of the same user agent has taken over.
    static let replaced = 4001
    /// Mozilla's: stay away for a while.
    static let stayAway = 4774
}
