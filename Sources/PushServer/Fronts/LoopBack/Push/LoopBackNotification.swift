#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A Notification as clients send it: what LoopBack knows of it, and whatever else is in it for the app.
struct LoopBackNotification: Sendable {
    /// Text, or an object with texts of Apple's; nil where there is nothing to say.
    let alert: LoopBackValue?
    let badge: Int?
    let category: String?
    let collapseKey: String?
    let isContentAvailable: Bool
    let sound: String?
    let urlArgs: LoopBackValue?
    let expirationInterval: Double?
    let expirationTime: Date?
    let scheduledTime: Date?
    /// What LoopBack doesn't know, but for nulls.
    let custom: LoopBackValue

    /// - Parameter body: the request's.
    /// - Throws: ``LoopBackError`` 400
    init(_ body: LoopBackValue) throws(LoopBackError) {
        guard let members = body.members else { throw .notAnObject }
        var known = LoopBackValue.emptyObject, custom: [LoopBackValue.Member] = []
        let names = Set(LoopBackModel.notification.properties.map(\.name) + ["id"])
        for member in members where member.value != .null {
            if names.contains(member.name) {
                known[member.name] = try LoopBackModel.notification.type(of: member.name).coerced(member.value)
            } else {
                custom.append(member)
            }
        }
        alert = known["alert"].flatMap { $0.isTruthy ? $0 : nil }
        badge = known["badge"]?.double.flatMap { Int(exactly: $0) }
        category = known["category"]?.text
        collapseKey = known["collapseKey"]?.text
        isContentAvailable = known["contentAvailable"] == .bool(true)
        sound = known["sound"]?.text
        urlArgs = known["urlArgs"]
        expirationInterval = known["expirationInterval"]?.double
        expirationTime = known["expirationTime"].flatMap(LoopBackType.date)
        scheduledTime = known["scheduledTime"].flatMap(LoopBackType.date)
        self.custom = .object(custom)
    }

    /// A text among the custom properties; nil where JavaScript would say that there is none.
    func words(_ name: String) -> String? {
        custom[name].flatMap { $0.isTruthy ? LoopBackType.text($0) : nil }
    }

    /// What is shown below a title.
    var text: String? {
        guard let alert else { return nil }
        return alert.members == nil ? LoopBackType.text(alert) : alert["body"].flatMap { $0.isTruthy ? LoopBackType.text($0) : nil }
    }

    /// The title that an alert with its own texts brings along.
    var alertTitle: String? { alert?["title"].flatMap { $0.isTruthy ? LoopBackType.text($0) : nil } }

    /// Above all else on devices that aren't Android's.
    var heading: String? { words("title") ?? words("messageFrom") ?? alertTitle }
}

extension LoopBackValue {
    /// What JavaScript takes for true.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number: double != 0
        case .string(let text): !text.isEmpty
        case .array, .object: true
        }
    }
}
