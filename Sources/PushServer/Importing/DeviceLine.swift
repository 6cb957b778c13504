import PushProviders
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A device in a file: what `POST /v1/devices` takes, and what only somebody who kept devices before can tell.
struct DeviceLine: RequestBody {
    var registration: RegistrationBody
    var id: String?
    var createdAt: Date?
    var updatedAt: Date?
    var disabledAt: Date?

    /// Nobody proves who they are to a file.
    static let shape = BodyShape.fields("user", "topics", "id", "created_at", "updated_at", "disabled_at")
        .with(TokenBody.shape).with(ProfileBody.shape)
    /// As much as a request's body.
    static let limitBytes = 262_144

    /// - Throws: ``Problem`` or ``PushProblem`` that names the field.
    func entry(app: AppID, _ endpointPolicy: EndpointPolicy, _ words: inout CheckedWords) throws -> DeviceEntry {
        let user = try registration.user.map { try Names.checked($0, "user") }
        return DeviceEntry(
            try registration.registration(app: app, user: user, endpointPolicy, &words), id: try id.map(Self.checkedID),
            createdAt: createdAt, registeredAt: updatedAt, disabledAt: disabledAt)
    }

    /// It stands in paths.
    private static func checkedID(_ id: String) throws -> DeviceID {
        let others = Set("-_.".utf8)
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy({ $0.isASCIILetterOrDigit || others.contains($0) }) else {
            throw Problem.invalid("id", "give 1 to 64 letters, digits, '-', '_' or '.'; or leave it out, and the device gets one")
        }
        return DeviceID(rawValue: id)
    }
}

extension DeviceLine {
    private enum Key: String, CodingKey { case id, createdAt, updatedAt, disabledAt }

    init(from decoder: any Decoder) throws {
        registration = try RegistrationBody(from: decoder)
        let fields = try decoder.container(keyedBy: Key.self)
        id = try fields.decodeIfPresent(String.self, forKey: .id)
        createdAt = try fields.decodeIfPresent(Date.self, forKey: .createdAt)
        updatedAt = try fields.decodeIfPresent(Date.self, forKey: .updatedAt)
        disabledAt = try fields.decodeIfPresent(Date.self, forKey: .disabledAt)
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
