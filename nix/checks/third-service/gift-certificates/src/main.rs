//! The smallest service that the description allows: health over HTTP, and nothing else.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    net::TcpListener,
    process::ExitCode,
};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const NOT_FOUND: &[u8] =
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some("--version") {
        println!(concat!(
            env!("CARGO_PKG_NAME"),
            " ",
            env!("CARGO_PKG_VERSION")
        ));
        return ExitCode::SUCCESS;
    }
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gift-certificates: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let variable = |name| env::var(name).unwrap_or_default();
    let address = format!("{}:{}", variable("GIFTS_ADDRESS"), variable("GIFTS_PORT"));
    let listener = TcpListener::bind(address)?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut request = String::new();
        let _ = BufReader::new(&stream).read_line(&mut request);
        let healthy = request.starts_with("GET /health/");
        let _ = stream.write_all(if healthy { OK } else { NOT_FOUND });
    }
    Ok(())
}
