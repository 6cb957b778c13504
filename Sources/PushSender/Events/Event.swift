#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import JSON

/// Something that happened, about to be written in the transaction that makes it happen.
public struct NewEvent: Sendable, Hashable {
    public let kind: EventKind
    public let app: AppID
    /// The push that it belongs to.
    public let push: PushID?
    /// What there is to say beyond kind and push: a JSON object's members.
    public let details: [String: JSONValue]
    public let at: Date

    public init(_ kind: EventKind, app: AppID, push: PushID?, details: [String: JSONValue] = [:], at: Date) {
        self.kind = kind
        self.app = app
        self.push = push
        self.details = details
        self.at = at
    }
}

/// Something that happened, in its place.
public struct Event: Sendable, Hashable {
    public let position: EventPosition
    public let kind: EventKind
    public let app: AppID
    public let push: PushID?
    /// The details as JSON text, as they were written.
    public let details: String
    public let at: Date

    public init(position: EventPosition, kind: EventKind, app: AppID, push: PushID?, details: String, at: Date) {
        self.position = position
        self.kind = kind
        self.app = app
        self.push = push
        self.details = details
        self.at = at
    }

    /// `{"at":…,"data":{…},"id":"0-42","kind":"push.finished","push":"…"}`, on one line; without `push` where it belongs to none.
    public var json: String {
        let at = at.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        // Neither kinds nor our own ids have characters that JSON escapes.
        let push = push.map { #","push":"\#($0.rawValue)""# } ?? ""
        return #"{"at":"\#(at)","data":\#(details),"id":"\#(position)","kind":"\#(kind.rawValue)"\#(push)}"#
    }
}
