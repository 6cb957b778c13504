import Hummingbird
import NIOCore
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What gorush says of itself, under its paths and names.
struct GorushStatisticsRoutes: Sendable {
    let statistics: GorushStatistics
    /// What this process has sent, of whatever front.
    let counts: SendingCounts

    static let version = "herald"

    func add(to routes: RouterGroup<APIContext>) {
        routes.get("api/stat/app") { _, _ in reply(app()) }
        routes.get("api/stat/go") { _, _ in reply(ProcessFigures.now.json(uptimeSeconds: statistics.uptimeSeconds)) }
        routes.get("sys/stats") { _, _ in reply(system()) }
    }

    private func reply(_ json: String) -> JSONReply { JSONReply(.ok, text: ByteBuffer(string: json), headers: [:]) }

    private func app() -> String {
        let tasks = statistics.tasks
        var members = JSONMembers()
        members["version"] = JSONMembers.string(Self.version)
        members["busy_workers"] = "\(tasks.busy)"
        members["success_tasks"] = "\(tasks.success)"
        members["failure_tasks"] = "\(tasks.failure)"
        members["submitted_tasks"] = "\(tasks.submitted)"
        members["total_count"] = "\(tasks.total)"
        for platform in GorushPlatform.allCases {
            let sent = counts.of(platform.provider)
            members[platform.name] = #"{"push_success":\#(sent.accepted),"push_error":\#(sent.refused)}"#
        }
        return members.text
    }

    private func system() -> String {
        let requests = statistics.requests, count = requests.byStatus.values.reduce(0, +)
        let byStatus = requests.byStatus.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        func duration(_ seconds: Double) -> String { "\"\((seconds * 1000).rounded() / 1000)s\"" }
        return JSONMembers.object([
            "pid": "\(ProcessInfo.processInfo.processIdentifier)", "uptime": duration(statistics.uptimeSeconds),
            "total_response_time": duration(requests.seconds),
            "average_response_time": duration(count == 0 ? 0 : requests.seconds / Double(count)),
            "total_status_code_count": "{\(byStatus)}"
        ])
    }

    /// Prometheus's text format. gorush calls them all gauges.
    func metrics() -> String {
        let tasks = statistics.tasks
        let ios = counts.of(.apns), android = counts.of(.fcm), huawei = counts.of(.hms)
        let values: KeyValuePairs<String, (Int, String)> = [
            "total_push_count": (tasks.total, "Number of push count"),
            "ios_success": (ios.accepted, "Number of iOS success count"), "ios_error": (ios.refused, "Number of iOS fail count"),
            "android_success": (android.accepted, "Number of android success count"),
            "android_fail": (android.refused, "Number of android fail count"),
            "huawei_success": (huawei.accepted, "Number of huawei success count"),
            "huawei_fail": (huawei.refused, "Number of huawei fail count"),
            "busy_workers": (tasks.busy, "Number of notifications being taken"),
            "success_tasks": (tasks.success, "Number of notifications taken"),
            "failure_tasks": (tasks.failure, "Number of notifications that could not be taken"),
            "submitted_tasks": (tasks.submitted, "Number of notifications submitted"),
        ]
        return values.map { name, value in
            "# HELP gorush_\(name) \(value.1)\n# TYPE gorush_\(name) gauge\ngorush_\(name) \(value.0)\n"
        }.joined()
    }
}
