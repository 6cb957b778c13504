import HTTPTypes
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Installations: records that are devices, once there is the App of their `appId` and their token can be sent to.
struct LoopBackInstallationRules: LoopBackModelRules {
    let parts: LoopBackParts
    let model = LoopBackModel.installation

    func check(_ caller: LoopBackCaller, _ object: LoopBackValue) throws(LoopBackError) {
        try caller.require(.register, for: object["appId"]?.text)
    }

    func newID(_ id: LoopBackValue?) -> RecordID { parts.ids.next() }

    func device(_ object: LoopBackValue, _ surroundings: LoopBackSurroundings) -> RecordDevice? {
        LoopBackInstallation(object).device(surroundings, parts.endpointPolicy)
    }

    func surroundings(of object: LoopBackValue) async throws -> LoopBackSurroundings {
        try await LoopBackApplications(parts: parts).surroundings(of: object["appId"]?.text ?? "")
    }

    /// An SDK that forgets its id registers the same token again at each start.
    func twin(of object: LoopBackValue) -> RecordCondition? {
        .all(["appId", "deviceType", "deviceToken"].compactMap { name in
            object[name]?.text.map { .equals(name, .string($0)) }
        })
    }

    // MARK: Routes

    func query(_ request: LoopBackRequest) throws(LoopBackError) -> RecordCondition? {
        guard request.method == .get, request.path.count == 1 else { return nil }
        switch request.path[0] {
        case "byApp": return given(request, ["deviceType", "appId", "appVersion"])
        case "byUser": return given(request, ["deviceType", "userId"])
        case "bySubscriptions": return .all([given(request, ["deviceType"]), subscriptions(request)])
        default: return nil
        }
    }

    /// What isn't given is no matter.
    private func given(_ request: LoopBackRequest, _ names: [String]) -> RecordCondition {
        .all(names.compactMap { name in request.text(name).map { .equals(name, .string($0)) } })
    }

    /// Any of them; separated by commas or blanks.
    private func subscriptions(_ request: LoopBackRequest) -> RecordCondition {
        let names = request.query["subscriptions"].map { $0.elements?.compactMap(\.text) ?? [$0.text ?? ""] } ?? []
        let wanted = names.flatMap { $0.split { $0 == "," || $0.isWhitespace } }.map { TagValue.string(String($0)) }
        return .value(at: "subscriptions", .isOneOf(wanted))
    }
}
