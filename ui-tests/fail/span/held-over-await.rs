//! Held over await.
async fn fetch() {
    let _span = obs::span!("fetch");
    std::future::ready(()).await;
}

fn spawn(future: impl Future + Send) {
    drop(future);
}

fn main() {
    spawn(fetch());
}
