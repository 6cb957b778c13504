import HTTPTypes
import Hummingbird
import NIOCore
import PushProviders
import PushSender

/// The page at `/` and its files, from inside the binary.
struct PageRoutes: Sendable {
    let credentials: CredentialTable<WebPushCredential>

    func add(to router: Router<APIContext>) {
        for (path, bytes, type) in Self.files {
            router.get(RouterPath(path)) { _, _ in file(bytes, type) }
        }
        router.get("vapid-public-key.js") { _, _ in
            let key = credentials.publicKey(of: .default) ?? ""
            return file(Array("window.VAPID_PUBLIC_KEY = \"\(key)\";\n".utf8), Self.script)
        }
    }

    private static let files: [(path: String, bytes: [UInt8], type: String)] = [
        ("/", PackageResources.index_html, "text/html; charset=utf-8"),
        ("style.css", PackageResources.style_css, "text/css; charset=utf-8"),
        ("push.js", PackageResources.push_js, script),
        ("arrivals.js", PackageResources.arrivals_js, script),
        ("commands.js", PackageResources.commands_js, script),
        ("service-worker.js", PackageResources.service_worker_js, script),
        ("manifest.webmanifest", PackageResources.manifest_webmanifest, "application/manifest+json"),
        ("icon.svg", PackageResources.icon_svg, "image/svg+xml"),
        ("icon.png", PackageResources.icon_png, "image/png"),
        ("favicon.ico", PackageResources.icon_png, "image/png"),
    ]

    private static let script = "text/javascript; charset=utf-8"

    private func file(_ bytes: [UInt8], _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type,
                // A new Herald brings new files: browsers ask, and the answer is small.
                .cacheControl: "no-cache",
                .contentSecurityPolicy: "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
                .xContentTypeOptions: "nosniff",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
