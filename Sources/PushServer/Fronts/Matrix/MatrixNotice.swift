import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of `POST /_matrix/push/v1/notify` (Matrix Push Gateway API). What is optional and can't be read counts as left out.
struct MatrixNotice: Sendable {
    /// As it came.
    let body: [UInt8]
    /// The members of `notification`.
    let members: [String: JSONValue]
    let devices: [MatrixDevice]

    static let limitBytes = 524_288
    /// Homeservers name one.
    static let deviceLimit = 64

    /// - Throws: ``MatrixProblem``
    init(_ body: [UInt8]) throws(MatrixProblem) {
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(body)) else { throw .notJSON }
        guard case .object(let members)? = json["notification"] else { throw .bad("notification: an object is wanted") }
        guard case .array(let devices)? = members["devices"] else { throw .bad("notification.devices: a list is wanted") }
        guard devices.count <= Self.deviceLimit else {
            throw .bad("notification.devices: at most \(Self.deviceLimit) are taken; send the others in a request of their own")
        }
        var read: [MatrixDevice] = []
        for (index, device) in devices.enumerated() {
            guard let device = MatrixDevice(device) else {
                throw .bad("notification.devices[\(index)]: app_id and pushkey are wanted, texts both")
            }
            read.append(device)
        }
        self.body = body
        self.members = members
        self.devices = read
    }

    /// Nil where nothing has happened but that the counts are others.
    var eventID: String? { members["event_id"]?.text }
    var roomID: String? { members["room_id"]?.text }
    var isUrgent: Bool { members["prio"]?.text != "low" }
    /// Zero may be left out; nil where nothing is said of counts.
    func count(_ name: String) -> Int64? {
        guard case .object? = members["counts"] else { return nil }
        return members["counts"]?[name]?.whole ?? 0
    }

    /// What is on the App's icon. No icon shows a million.
    var badge: Int64? { count("unread").map { ($0.clamped + (count("missed_calls") ?? 0).clamped) } }

    /// The same for one device, with as little in it as `event_id_only` asks for: for where the whole doesn't fit.
    func brief(for device: MatrixDevice) -> [UInt8] {
        var kept = members.filter { ["event_id", "room_id", "counts", "prio"].contains($0.key) }
        kept["devices"] = .array([device.json])
        return Array(JSONValue.object(["notification": .object(kept)]).jsonText.utf8)
    }
}

/// One of the devices a notice is for.
struct MatrixDevice: Sendable {
    let json: JSONValue
    let appID: String
    let pushkey: String

    init?(_ json: JSONValue) {
        guard let appID = json["app_id"]?.text, let pushkey = json["pushkey"]?.text else { return nil }
        self.json = json
        self.appID = appID
        self.pushkey = pushkey
    }

    var wantsEventIDOnly: Bool { json["data"]?["format"]?.text == "event_id_only" }
    var sound: String? { json["tweaks"]?["sound"]?.text }
    /// Where a Web Push subscription's `pushkey` is its key.
    var endpoint: String? { json["data"]?["endpoint"]?.text }
    /// What the App wants its payloads to be built on.
    var defaultPayload: [String: JSONValue] {
        if case .object(let members)? = json["data"]?["default_payload"] { members } else { [:] }
    }
}

extension Int64 {
    fileprivate var clamped: Int64 { Swift.min(Swift.max(0, self), 999_999) }
}
