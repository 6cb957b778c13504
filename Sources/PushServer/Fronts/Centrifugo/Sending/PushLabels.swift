import PushSender

/// What a client calls a push.
struct PushLabels: Sendable {
    /// Its own, for cancelling it.
    let uid: String?
    /// What it is counted under; several pushes may have one.
    let analytics: String?

    var all: [String] { [uid.map(Self.own), analytics.map(Self.counted)].compactMap { $0 } }

    private static func own(_ uid: String) -> String { "uid:\(uid)" }
    private static func counted(_ uid: String) -> String { "analytics:\(uid)" }

    /// The push of that uid; one that was sent without has the id that it was answered with.
    static func push(_ uid: String, _ parts: CentrifugoParts) async throws -> PushID? {
        if let push = try await parts.pushes.pushes(labelled: own(uid), app: parts.app, limit: 1).first { return push }
        return try await parts.pushes.status(of: PushID(rawValue: uid), app: parts.app)?.push.id
    }

    /// The newest push that is counted under that name.
    static func push(countedAs uid: String, _ parts: CentrifugoParts) async throws -> PushID? {
        if let push = try await parts.pushes.pushes(labelled: counted(uid), app: parts.app, limit: 1).first { return push }
        return try await push(uid, parts)
    }
}

/// `cancel_push`: nobody else is sent the push. One that is over stays so, which is no error.
struct CancelPushRequest: CentrifugoMethod {
    static let name = "cancel_push"
    static let number = 32

    let uid: String?

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoNothing {
        guard let uid = try CentrifugoNames.checked(name: uid, "uid") else { throw CentrifugoError.badRequest("uid: it is missing") }
        guard let push = try await PushLabels.push(uid, parts), try await parts.intake.cancel(push, app: parts.app, now: parts.now())
        else { throw CentrifugoError.notFound("uid: there is no such push") }
        parts.watch.ring()
        return CentrifugoNothing()
    }
}

/// `update_push_status`: what a device said of a push, told by the App's backend.
struct UpdatePushStatusRequest: CentrifugoMethod {
    static let name = "update_push_status"
    static let number = 31

    let analyticsUid: String?
    let status: String?
    let deviceId: String?

    func answer(_ parts: CentrifugoParts) async throws -> CentrifugoNothing {
        let (uid, device) = (
            try CentrifugoNames.checked(name: analyticsUid, "analytics_uid"), try CentrifugoNames.checked(name: deviceId, "device_id")
        )
        guard let uid, let device else { throw CentrifugoError.badRequest("analytics_uid and device_id: give both") }
        let kind = try kind()
        guard let push = try await PushLabels.push(countedAs: uid, parts) else {
            throw CentrifugoError.notFound("analytics_uid: there is no such push, or none any more")
        }
        let receipt = Receipt(push: push, device: DeviceID(rawValue: device), kind: kind)
        let verdict = try await parts.receipts.record([receipt], app: parts.app, now: parts.now()).first
        guard verdict == .counted || verdict == .repeated else { throw CentrifugoError.notFound("device_id: there is no such device") }
        parts.watch.ring()
        return CentrifugoNothing()
    }

    private func kind() throws(CentrifugoError) -> ReceiptKind {
        switch status ?? "" {
        case "delivered": .received
        case "interacted": .opened
        default: throw .badRequest("status: give delivered or interacted")
        }
    }
}
