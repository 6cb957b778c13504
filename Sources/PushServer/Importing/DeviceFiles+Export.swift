public import Foundation
import PushSender
import PushStorage

extension DeviceFiles {
    /// How far an export has come.
    public struct ExportProgress: Sendable {
        public internal(set) var devices = 0
        /// As many as there were at the beginning.
        public let total: Int
    }

    private static let pageDevices = 1000

    /// Writes every device of the App, with its token, in the order of ids. What devices register meanwhile may be in the file or not.
    /// - Parameter progress: called after each page.
    /// - Returns: how many devices there are in the file.
    public func exportDevices(
        to file: FileHandle, _ format: DeviceFileFormat, progress: @escaping (ExportProgress) -> Void = { _ in }
    ) async throws -> Int {
        var done = ExportProgress(total: try await devices.deviceCount(app: app))
        let writer = try await writer(format)
        if let header = writer.header { try file.write(contentsOf: header) }
        var after: DeviceID?
        while true {
            let page = try await devices.devicesWithOwnTopics(app: app, after: after, limit: Self.pageDevices)
            try file.write(contentsOf: page.reduce(into: Data()) { $0 += try writer.line($1) })
            done.devices += page.count
            progress(done)
            guard page.count == Self.pageDevices, let last = page.last else { return done.devices }
            after = last.id
        }
    }

    private func writer(_ format: DeviceFileFormat) async throws -> any DeviceWriting {
        switch format {
        case .ndjson: NDJSONDevices()
        case .csv: CSVDevices(tags: try await devices.tagNames(app: app))
        }
    }
}

/// How devices are written into a file.
private protocol DeviceWriting {
    var header: Data? { get }
    /// With the end of the line.
    func line(_ device: Device) throws -> Data
}

private struct NDJSONDevices: DeviceWriting {
    var header: Data? { nil }

    func line(_ device: Device) throws -> Data { try JSONReply.encode(ExportedDevice(device)) + Data("\n".utf8) }
}

private struct CSVDevices: DeviceWriting {
    let tags: [String]

    var header: Data? { record(CSVColumns.names + tags.map { CSVColumns.tagPrefix + $0 }) }

    func line(_ device: Device) throws -> Data {
        guard let stranger = device.profile.tags.keys.first(where: { !tags.contains($0) }) else {
            return record(try CSVColumns.names.map { try cell($0, ExportedDevice(device)) } + tagCells(device))
        }
        throw StorageError(.unavailable, "the tag \(stranger) appeared only now, and the columns are written; try again")
    }

    private func tagCells(_ device: Device) throws -> [String] {
        try tags.map { try device.profile.tags[$0].map(CSVColumns.cell) ?? "" }
    }

    private func cell(_ column: String, _ device: ExportedDevice) throws -> String {
        switch column {
        case "id": device.id
        case "provider": device.provider
        case "token": device.token ?? ""
        case "environment": device.environment ?? ""
        case "kind": device.kind ?? ""
        case "app_identifier": device.appIdentifier ?? ""
        case "endpoint": device.subscription?.endpoint ?? ""
        case "p256dh": device.subscription?.keys.p256dh ?? ""
        case "auth": device.subscription?.keys.auth ?? ""
        case "user": device.user ?? ""
        case "platform": device.platform ?? ""
        case "locale": device.locale ?? ""
        case "time_zone": device.timeZone ?? ""
        case "app_version": device.appVersion ?? ""
        case "topics": try CSVColumns.cell(topics: device.topics)
        case "created_at": Moment.text(device.createdAt)
        case "updated_at": Moment.text(device.updatedAt)
        case "disabled_at": device.disabledAt.map(Moment.text) ?? ""
        default: ""
        }
    }

    private func record(_ cells: [String]) -> Data { Data((cells.map(quoted).joined(separator: ",") + "\n").utf8) }

    private func quoted(_ cell: String) -> String {
        guard cell.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
