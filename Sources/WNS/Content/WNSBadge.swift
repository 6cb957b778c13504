/// The mark on the App's icon in the task bar (Microsoft Learn, "Badge notifications").
public enum WNSBadge: Sendable, Hashable {
    /// 0 clears it; Windows shows more than 99 as 99+.
    case number(Int)
    case glyph(Glyph)

    public enum Glyph: String, Sendable, Hashable, CaseIterable {
        case none, activity, alert, alarm, available, away, busy, newMessage, paused, playing, unavailable, error, attention
    }

    public var xml: String {
        switch self {
        case .number(let number): element("badge", [("value", String(max(0, number)))])
        case .glyph(let glyph): element("badge", [("value", glyph.rawValue)])
        }
    }
}
