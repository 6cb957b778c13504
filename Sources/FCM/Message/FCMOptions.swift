/// `FcmOptions` and `AndroidFcmOptions`: names the message in the console's statistics.
public struct FCMOptions: Sendable, Hashable, Codable {
    /// 1 to 50 of `a-zA-Z0-9-_.~%`.
    public var analyticsLabel: String?

    public init(analyticsLabel: String? = nil) { self.analyticsLabel = analyticsLabel }

    func check(_ field: String) throws(FCMError) { try checkAnalyticsLabel(analyticsLabel, field) }
}

/// - Throws: `invalidField` naming `analytics_label`.
func checkAnalyticsLabel(_ label: String?, _ field: String) throws(FCMError) {
    guard let label else { return }
    let isLabel = (1...FCMLimits.analyticsLabelBytes).contains(label.utf8.count) && label.utf8.allSatisfy(isLabelByte)
    try check(isLabel, "\(field).analytics_label", "give 1 to \(FCMLimits.analyticsLabelBytes) of a-z, A-Z, 0-9, -, _, ., ~ and %")
}
