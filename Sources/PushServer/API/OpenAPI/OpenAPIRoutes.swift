import HTTPTypes
import Hummingbird
import NIOCore

/// `/openapi.yaml`: every native route in OpenAPI 3.1, from inside the binary, for whoever asks.
struct OpenAPIRoutes: Sendable {
    func add(to router: Router<APIContext>) {
        router.get("openapi.yaml") { _, _ in
            Response(
                status: .ok,
                // A new Herald brings a new description: it is asked for each time.
                headers: [.contentType: "application/yaml", .cacheControl: "no-cache"],
                body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_yaml)))
        }
    }
}
